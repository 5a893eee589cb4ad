package dnd.metrics.server.rules.unittest;

import java.util.List;
import java.util.stream.Stream;

/**
 * What came of a file of unit tests.
 *
 * @param problems why it could not be run at all
 * @param warnings what is odd
 * @param tests those that were run
 */
public record FileReport(
    String file, List<String> problems, List<String> warnings, List<TestReport> tests) {
  public FileReport {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    tests = List.copyOf(tests);
  }

  public List<String> failures() {
    return Stream.concat(
            problems.stream(), tests.stream().flatMap(test -> test.failures().stream()))
        .toList();
  }

  public boolean passed() {
    return failures().isEmpty();
  }
}
