package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGrowthTest {
  private static final long MIB = 1 << 20;

  private final HeapGrowth growth = new HeapGrowth();

  @Test
  void aSmallHeapMayGrowByALittle() {
    assertThat(growth.isMuch(100 * MIB)).isFalse();
    assertThat(growth.isMuch(123 * MIB)).isFalse();
    assertThat(growth.isMuch(124 * MIB)).isTrue();
  }

  @Test
  void aLargeHeapMayGrowByASixth() {
    assertThat(growth.isMuch(600 * MIB)).isFalse();
    assertThat(growth.isMuch(699 * MIB)).isFalse();
    assertThat(growth.isMuch(700 * MIB)).isTrue();
    growth.beginAt(720 * MIB);
    assertThat(growth.isMuch(839 * MIB)).isFalse();
    assertThat(growth.isMuch(840 * MIB)).isTrue();
  }

  @Test
  void growthCountsFromWhereItWasSmallest() {
    assertThat(growth.isMuch(200 * MIB)).isFalse();
    assertThat(growth.isMuch(80 * MIB)).isFalse();
    assertThat(growth.isMuch(104 * MIB)).isTrue();
  }
}
