package dnd.metrics.server.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one rule in one evaluation.
 *
 * @param rule its place in the group
 * @param changes of its alerts, in order
 * @param samples how many were written, stale markers not counted
 * @param ended how many series it ended
 * @param error why it failed, in whole or of some samples; null where it did not
 */
public record RuleOutcome(
    int rule, List<AlertChange> changes, int samples, int ended, @Nullable String error) {
  /** Whether queries may see anything new. */
  boolean wrote() {
    return samples > 0 || ended > 0;
  }
}
