package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DayKillsTest {
  private static final int HOURS = 24;

  private final DayLoad load = new DayLoad(300, 1_764_000_012_345L, HOURS);

  @Test
  void theLastIsWhenAllIsPushedAndTheOthersAreBeforeNoon() {
    for (long seed = 0; seed < 50; seed++) {
      DayKills kills = DayKills.of(4, seed, load, HOURS);
      assertThat(kills.beforeEvents()).hasSize(4).isSorted().endsWith(load.events());
      assertThat(kills.beforeEvents().subList(0, 3))
          .allSatisfy(event -> assertThat(event).isBetween(load.events() / 16, load.events() / 2));
      assertThat(kills.lastHour(load)).isBetween(DayKills.FIRST_HOUR, 12.0);
      assertThat(DayKills.of(4, seed, load, HOURS)).isEqualTo(kills);
    }
    assertThat(DayKills.of(4, 1, load, HOURS)).isNotEqualTo(DayKills.of(4, 2, load, HOURS));
  }

  @Test
  void inAnHourTheyAreBeforeItsHalf() {
    DayLoad hour = new DayLoad(300, 1_764_000_012_345L, 1);
    assertThat(DayKills.of(3, 1, hour, 1).beforeEvents().subList(0, 2))
        .allSatisfy(event -> assertThat(event).isBetween(1L, hour.events() / 2));
  }

  @Test
  void noneAndOne() {
    assertThat(DayKills.of(0, 1, load, HOURS).beforeEvents()).isEmpty();
    assertThat(DayKills.of(0, 1, load, HOURS).lastHour(load)).isZero();
    assertThat(DayKills.of(1, 1, load, HOURS).beforeEvents()).containsExactly(load.events());
    assertThat(DayKills.of(1, 1, load, HOURS).lastHour(load)).isZero();
  }
}
