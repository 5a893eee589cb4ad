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
 */
public record TestOptions(
    @Nullable Pattern run, boolean debug, boolean difference, boolean ignoreUnknownFields) {
  boolean includes(String testName) {
    return run == null || run.matcher(testName).find();
  }
}
