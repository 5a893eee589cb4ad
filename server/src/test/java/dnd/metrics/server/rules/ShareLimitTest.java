package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShareLimitTest {
  private static final long MILLI = 1_000_000;

  @Test
  void doesNotHoldUpShortWork() {
    ShareLimit limit = new ShareLimit(0.5, 0);
    limit.spend(90 * MILLI, 90 * MILLI);
    assertThat(limit.waitNanos(90 * MILLI)).isZero();
  }

  @Test
  void holdsSteadyWorkToItsShare() {
    ShareLimit limit = new ShareLimit(0.5, 0);
    long now = 0;
    long worked = 0;
    while (now < 100_000 * MILLI) {
      long wait = limit.waitNanos(now);
      now += wait;
      worked += 10 * MILLI;
      now += 10 * MILLI;
      limit.spend(10 * MILLI, now);
    }
    assertThat(worked / (double) now).isBetween(0.49, 0.51);
  }

  @Test
  void savesNoMoreThanATenthOfASecond() {
    ShareLimit limit = new ShareLimit(0.5, 0);
    long hour = 3_600_000 * MILLI;
    assertThat(limit.waitNanos(hour)).isZero();
    limit.spend(1100 * MILLI, hour);
    assertThat(limit.waitNanos(hour)).isBetween(2000 * MILLI, 2001 * MILLI);
  }

  @Test
  void canBeGivenAnotherShare() {
    ShareLimit limit = new ShareLimit(0.5, 0);
    limit.spend(200 * MILLI, 0);
    assertThat(limit.waitNanos(0)).isBetween(200 * MILLI, 201 * MILLI);
    limit.change(0.25, 100 * MILLI);
    assertThat(limit.waitNanos(100 * MILLI)).isBetween(200 * MILLI, 201 * MILLI);
  }
}
