package dnd.metrics.server.promql.test;

import java.util.List;

/**
 * How the run of one script went.
 *
 * @param passed how many {@code eval}s were answered as expected
 */
public record FileReport(String file, int passed, List<Failure> failures) {
  /** An {@code eval} that was not answered as expected, or a line that cannot be run. */
  public record Failure(int line, String reason) {
    @Override
    public String toString() {
      return "line " + line + ": " + reason;
    }
  }

  public FileReport {
    failures = List.copyOf(failures);
  }

  public int failed() {
    return failures.size();
  }

  /** One line for people. */
  @Override
  public String toString() {
    String counts = String.format("%-28s passed %4d  failed %4d", file, passed, failed());
    return failures.isEmpty() ? counts : counts + "  first failure: " + failures.getFirst();
  }
}
