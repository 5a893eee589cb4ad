package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LivePaceTest {
  private static final long MILLI = 1_000_000;
  private final LivePace pace = new LivePace();

  @Test
  void theFirstBeginsAtOnce() {
    assertThat(pace.delayNanos(Long.MIN_VALUE)).isZero();
    assertThat(pace.delayNanos(5)).isZero();
  }

  @Test
  void shortOnesRestAMoment() {
    pace.noteRun(0, MILLI);
    assertThat(pace.delayNanos(MILLI)).isEqualTo(50 * MILLI);
    assertThat(pace.delayNanos(31 * MILLI)).isEqualTo(20 * MILLI);
    assertThat(pace.delayNanos(60 * MILLI)).isZero();
  }

  @Test
  void longOnesRestThreeTimesAsLong() {
    pace.noteRun(0, 200 * MILLI);
    assertThat(pace.delayNanos(200 * MILLI)).isEqualTo(600 * MILLI);
  }
}
