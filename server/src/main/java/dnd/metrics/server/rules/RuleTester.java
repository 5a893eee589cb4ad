package dnd.metrics.server.rules;

import java.util.List;
import java.util.Map;

/**
 * Runs unit tests of rules for whoever asks by event. An interface, since what runs them is built
 * on this package.
 */
@FunctionalInterface
public interface RuleTester {
  /**
   * Runs tests.
   *
   * @param tests a file of unit tests in promtool's format
   * @param ruleFiles the rule files that it may name, their texts by name
   * @param run only tests with a name that this regular expression matches are run; empty for all
   * @throws IllegalArgumentException where {@code run} is no regular expression
   */
  Result test(String tests, Map<String, String> ruleFiles, String run);

  /**
   * What came of the tests.
   *
   * @param problems why they could not be run
   */
  record Result(List<String> problems, List<String> warnings, List<Test> tests) {
    public Result {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
      tests = List.copyOf(tests);
    }

    public boolean passed() {
      return problems.isEmpty() && tests.stream().allMatch(test -> test.failures().isEmpty());
    }
  }

  /** What came of one test. */
  record Test(String name, List<String> failures) {
    public Test {
      failures = List.copyOf(failures);
    }
  }
}
