package dnd.metrics.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "10s,10000",
    "1h30m,5400000",
    "250ms,250",
    "15,15000",
    "0.5,500",
    "1d,86400000",
    "2w,1209600000",
    "1y,31536000000",
    "1h0m,3600000",
    "0s,0"
  })
  void reads(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s", "30m1h", "1m1m", "1 h", "-1s", "1x", "1.5h", "99999999999999999y", "."})
  void refuses(String text) {
    assertThat(Durations.parse(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 250, 1000, 15_000, 90_000, 5_400_000, 86_400_000, 31_536_000_000L, 90_061_001})
  void writesWhatItReads(long millis) {
    assertThat(Durations.parse(Durations.format(millis))).isEqualTo(millis);
  }
}
