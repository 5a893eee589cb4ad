package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void theFirstIsToldAtOnceAndOthersTogether() {
    Refusals refusals = new Refusals();
    long begin = Long.MAX_VALUE - SECOND; // a clock that passes the largest number meanwhile
    assertThat(refusals.toTell(begin)).isEqualTo(1);
    assertThat(refusals.toTell(begin)).isZero();
    assertThat(refusals.toTell(begin + 10 * SECOND - 1)).isZero();
    assertThat(refusals.toTell(begin + 10 * SECOND)).isEqualTo(3);
    assertThat(refusals.toTell(begin + 19 * SECOND)).isZero();
    assertThat(refusals.toTell(begin + 100 * SECOND)).isEqualTo(2);
  }
}
