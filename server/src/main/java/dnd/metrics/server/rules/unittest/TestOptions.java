package dnd.metrics.server.rules.unittest;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How tests are run.
 *
 * @param run only tests whose name it finds something in are run; null for all
 * @param debug whether reports tell what was stored
 * @param difference whether alerts that differ are shown line by line against each other
 * @param ignoreUnknownFields of rule files
 * @param limits of what the tests of a file may cost together
 */
public record TestOptions(
    @Nullable Pattern run,
    boolean debug,
    boolean difference,
    boolean ignoreUnknownFields,
    TestLimits limits) {
  /** Without limits, for whoever runs tests for himself. */
  public TestOptions(
      @Nullable Pattern run, boolean debug, boolean difference, boolean ignoreUnknownFields) {
    this(run, debug, difference, ignoreUnknownFields, TestLimits.NONE);
  }

  boolean includes(String testName) {
    return run == null || run.matcher(testName).find();
  }
}
