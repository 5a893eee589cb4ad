package dnd.metrics.server.rules.unittest;

import java.util.List;

/**
 * What came of one test.
 *
 * @param name the test's, or one made of its place
 * @param failures in promtool's words
 * @param notes for who debugs
 */
public record TestReport(String name, List<String> failures, List<String> notes) {
  public TestReport {
    failures = List.copyOf(failures);
    notes = List.copyOf(notes);
  }
}
