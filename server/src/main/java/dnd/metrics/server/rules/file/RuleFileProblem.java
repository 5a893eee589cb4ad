package dnd.metrics.server.rules.file;

/**
 * What is wrong in a rule file, and where; line and column count from 1.
 *
 * @param text Prometheus's words, without the place
 */
public record RuleFileProblem(int line, int column, String text) {
  /** As Prometheus prints it: {@code 4:9: group "g", rule 1, "r": could not parse ...}. */
  @Override
  public String toString() {
    return line + ":" + column + ": " + text;
  }
}
