package dnd.metrics.server.rules.unittest;

/**
 * What the tests of one file may cost, all together.
 *
 * @param maxValues of the series of their input, and of those that rules write
 * @param maxEvaluations of single rules
 * @param maxMillis how long they may take
 * @param maxChars of what templates make, and of what is said of failures
 */
public record TestLimits(long maxValues, long maxEvaluations, long maxMillis, long maxChars) {
  /** For who runs tests for himself. */
  static final TestLimits NONE =
      new TestLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
}
