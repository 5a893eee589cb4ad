package dnd.metrics.server.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizesTest {
  @Test
  void unitsArePowersOf1024() {
    assertThat(Sizes.parse("1500")).contains(1500L);
    assertThat(Sizes.parse("64KiB")).contains(65_536L);
    assertThat(Sizes.parse("1 mb")).contains(1L << 20);
    assertThat(Sizes.parse("2G")).contains(2L << 30);
    assertThat(Sizes.parse("7B")).contains(7L);
  }

  @Test
  void otherTextIsNoSize() {
    for (String text : new String[] {"", "MiB", "1.5MiB", "-1", "1TiB", "1 elephant", "1i"}) {
      assertThat(Sizes.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void whatIsWrittenReadsBack() {
    for (long bytes : new long[] {0, 1, 1023, 1024, 1500, 1 << 20, 3L << 30, (1L << 30) + 1}) {
      assertThat(Sizes.parse(Sizes.format(bytes))).as(Sizes.format(bytes)).contains(bytes);
    }
    assertThat(Sizes.format(8 << 20)).isEqualTo("8MiB");
  }
}
