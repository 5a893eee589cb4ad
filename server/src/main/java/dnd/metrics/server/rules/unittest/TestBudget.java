package dnd.metrics.server.rules.unittest;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is left of {@link TestLimits} for the tests of a file. Once more was taken than there is,
 * that is a problem, which stays. For one thread.
 */
final class TestBudget {
  /** No single query runs longer, as in the service. */
  private static final long MAX_QUERY_MILLIS = 120_000;

  private final TestLimits limits;
  private final long startedNanos = System.nanoTime();
  private long values;
  private long evaluations;
  private long chars;
  private @Nullable String problem;

  TestBudget(TestLimits limits) {
    this.limits = limits;
  }

  /** Why no more is done; null where it may be. Looks also how long it took. */
  @Nullable String problem() {
    if (millisLeft() <= 0) {
      isAt("the tests take too long: limit " + limits.maxMillis() + " ms");
    }
    return problem;
  }

  /** Takes values of series; gives the problem as above. */
  @Nullable String takeValues(long count) {
    values += count;
    if (values > limits.maxValues()) {
      isAt("too many values of series: limit " + limits.maxValues());
    }
    return problem();
  }

  /** So many values can be taken. */
  int valuesLeft() {
    return Math.clamp(limits.maxValues() - values, 0, Integer.MAX_VALUE);
  }

  /** Takes evaluations of so many rules; gives the problem as above. */
  @Nullable String takeEvaluations(long steps, int rules) {
    boolean tooMany = steps > (limits.maxEvaluations() - evaluations) / rules;
    if (tooMany) {
      isAt("too many evaluations of rules: limit " + limits.maxEvaluations());
    } else {
      evaluations += steps * rules;
    }
    return problem();
  }

  /** Takes characters that are made; gives the problem as above. */
  @Nullable String takeChars(long count) {
    chars += count;
    if (chars > limits.maxChars()) {
      isAt("too much text: limit " + limits.maxChars() + " characters");
    }
    return problem();
  }

  /** How long a query may take that begins now; at least a millisecond. */
  long queryMillis() {
    return Math.clamp(millisLeft(), 1, MAX_QUERY_MILLIS);
  }

  private long millisLeft() {
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    return limits.maxMillis() - tookMillis;
  }

  private void isAt(String limit) {
    if (problem == null) {
      problem = limit;
    }
  }
}
