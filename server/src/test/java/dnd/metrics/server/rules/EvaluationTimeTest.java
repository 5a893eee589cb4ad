package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EvaluationTimeTest {
  @Test
  void isThatOfTheSampleWhereNothingWasEvaluatedSince() {
    assertThat(EvaluationTime.of(90, 80, 100)).isEqualTo(90);
    assertThat(EvaluationTime.of(90, AlertInstance.NEVER, 100)).isEqualTo(90);
    assertThat(EvaluationTime.of(100, 80, 100)).isEqualTo(100);
  }

  @Test
  void isTheClocksForALateSample() {
    assertThat(EvaluationTime.of(70, 80, 100)).isEqualTo(100);
    assertThat(EvaluationTime.of(80, 80, 100)).isEqualTo(100);
  }

  @Test
  void isTheClocksForASampleThatIsYetToCome() {
    assertThat(EvaluationTime.of(200, 80, 100)).isEqualTo(100);
  }

  @Test
  void neverGoesBackOrStandsStill() {
    assertThat(EvaluationTime.of(90, 100, 100)).isEqualTo(101);
    assertThat(EvaluationTime.of(90, 103, 100)).isEqualTo(104);
  }

  @Test
  void believesAClockThatWasSetBack() {
    assertThat(EvaluationTime.of(90, 100_000, 100)).isEqualTo(100);
  }
}
