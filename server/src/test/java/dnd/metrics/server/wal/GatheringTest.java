package dnd.metrics.server.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final long INTERVAL = Gathering.INTERVAL_NANOS;

  private final Gathering gathering = new Gathering();
  private long now = 1_000_000_000;

  @Test
  void theFirstIsForcedAtOnce() {
    assertThat(gathering.pauseNanos(now, 100)).isZero();
  }

  @Test
  void forcesBeginAnIntervalApart() {
    gathering.forcing(now);
    assertThat(gathering.pauseNanos(now + 100_000, 100)).isEqualTo(INTERVAL - 100_000);
    assertThat(gathering.pauseNanos(now + INTERVAL, 100)).isZero();
    assertThat(gathering.pauseNanos(now + 10 * INTERVAL, 100)).isZero();
  }

  @Test
  void whatIsEnoughIsForcedAtOnce() {
    gathering.forcing(now);
    assertThat(gathering.pauseNanos(now, Gathering.ENOUGH_BYTES - 1)).isPositive();
    assertThat(gathering.pauseNanos(now, Gathering.ENOUGH_BYTES)).isZero();
    assertThat(Gathering.isEnough(Gathering.ENOUGH_BYTES)).isTrue();
    assertThat(Gathering.isEnough(Gathering.ENOUGH_BYTES - 1)).isFalse();
  }

  @Test
  void pausesThatBringNothingBecomeRare() {
    force();
    for (int expected = Gathering.LEAST_WITHOUT;
        expected <= 4 * Gathering.MOST_WITHOUT;
        expected *= 2) {
      assertThat(forcesUntilAPause()).isZero();
      gathering.gathered(5, 9);
      assertThat(forcesUntilAPause()).isEqualTo(Math.min(expected, Gathering.MOST_WITHOUT));
    }
  }

  @Test
  void pausesThatBringSomethingGoOn() {
    force();
    for (int i = 0; i < 1_000; i++) {
      assertThat(forcesUntilAPause()).isZero();
      gathering.gathered(5, 10);
    }
  }

  @Test
  void onePauseThatBringsNothingAmongManyIsSoonForgotten() {
    for (int i = 0; i < 10; i++) {
      gathering.gathered(1, 1);
    }
    for (int i = 0; i < 10; i++) {
      gathering.gathered(1, 2);
    }
    while (gathering.pauseNanos(now, 1) == 0) {
      force();
    }
    gathering.gathered(1, 1);
    assertThat(forcesUntilAPause()).isEqualTo(Gathering.LEAST_WITHOUT);
  }

  /** How many forces begin at once until one would wait; that one is not yet begun. */
  private int forcesUntilAPause() {
    if (gathering.pauseNanos(now, 1) > 0) {
      return 0;
    }
    int forces = 0;
    do {
      force();
      forces++;
    } while (gathering.pauseNanos(now, 1) == 0);
    return forces;
  }

  private void force() {
    now += 100_000;
    gathering.forcing(now);
  }
}
