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

  @Test
  void whatHasGrownIsLookedAtTwice() {
    growth.beginAt(100 * MIB);
    assertThat(growth.isLookDue(123 * MIB)).isFalse();
    assertThat(growth.isLookDue(124 * MIB)).isTrue();
    growth.beginAt(120 * MIB);
    assertThat(growth.isLookDue(90 * MIB)).isTrue();
    growth.beginAt(90 * MIB);
    assertThat(growth.isLookDue(90 * MIB)).isFalse();
  }

  @Test
  void whatGoesOnGrowingIsLookedAtTwiceBehindTheLastGrowth() {
    assertThat(growth.isLookDue(100 * MIB)).isTrue();
    growth.beginAt(100 * MIB);
    assertThat(growth.isLookDue(124 * MIB)).isTrue(); // again, and for the first time
    growth.beginAt(124 * MIB);
    assertThat(growth.isLookDue(124 * MIB)).isTrue();
    growth.beginAt(124 * MIB);
    assertThat(growth.isLookDue(124 * MIB)).isFalse();
  }
}
