package dnd.metrics.server.rules;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What to evaluate of a group.
 *
 * @param atMillis the time of the evaluation
 * @param rules the places of the rules to evaluate; null for all of them. The set is not changed.
 * @param writing which of the samples to write
 * @param cause whom changes are owed to
 */
public record EvaluationRequest(
    long atMillis, @Nullable BitSet rules, Writing writing, Cause cause) {
  /** Which samples of a rule are written. */
  public enum Writing {
    /** All, as Prometheus does at every interval. */
    ALL,
    /** Those whose series is new or has another value than the last one that was written. */
    CHANGES
  }

  /** All rules, as at an interval. */
  public static EvaluationRequest all(long atMillis) {
    return new EvaluationRequest(atMillis, null, Writing.ALL, Cause.UNKNOWN);
  }

  boolean includes(int rule) {
    return rules == null || rules.get(rule);
  }
}
