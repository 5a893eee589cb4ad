package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

/** What the cases of all clients cannot say. */
class NameRulesTest {
  private static String codeOf(String help, String unit) {
    return catchThrowableOfType(
            MetricsException.InvalidMetric.class, () -> NameRules.checkDescription("a", help, unit))
        .code();
  }

  @Test
  void halfASurrogatePairIsNeitherHelpNorUnit() {
    assertThat(codeOf("\ud800", "")).isEqualTo("invalid_value");
    assertThat(codeOf("", "\udfff")).isEqualTo("invalid_value");
  }

  @Test
  void theErrorSaysHowLongTheTextIs() {
    MetricsException tooLong =
        catchThrowableOfType(
            MetricsException.InvalidMetric.class,
            () -> NameRules.checkDescription("a", "", "u".repeat(513)));
    assertThat(tooLong).hasMessage("the unit of \"a\" has 513 characters; it may have up to 512");
  }
}
