package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGrowthTest {
  private static final long MIB = 1 << 20;

  private final HeapGrowth growth = new HeapGrowth();

  @Test
  void aSmallHeapMayGrowByALittle() {
    growth.beginAt(100 * MIB);
    assertThat(growth.isMuch(123 * MIB)).isFalse();
    assertThat(growth.isMuch(124 * MIB)).isTrue();
  }

  @Test
  void aLargeHeapMayGrowByASixth() {
    growth.beginAt(600 * MIB);
    assertThat(growth.isMuch(699 * MIB)).isFalse();
    assertThat(growth.isMuch(700 * MIB)).isTrue();
    growth.beginAt(720 * MIB);
    assertThat(growth.isMuch(839 * MIB)).isFalse();
    assertThat(growth.isMuch(840 * MIB)).isTrue();
  }

  @Test
  void whatJavaBeginsWithIsGrowth() {
    assertThat(growth.isMuch(16 * MIB)).isFalse();
    assertThat(growth.isMuch(256 * MIB)).isTrue();
  }

  @Test
  void growthCountsFromWhereItWasSmallest() {
    growth.beginAt(200 * MIB);
    assertThat(growth.isMuch(80 * MIB)).isFalse();
    assertThat(growth.isMuch(104 * MIB)).isTrue();
  }
}
