package dnd.metrics.server.rules.file;

import java.util.List;

/**
 * What was read of a rule file.
 *
 * @param file what could be read; to be used only where there are no problems
 * @param problems all that is wrong, in the order found
 * @param warnings what is odd but does not keep the file from being used
 */
public record RuleFileReading(
    RuleFile file, List<RuleFileProblem> problems, List<RuleFileProblem> warnings) {
  public RuleFileReading {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  public boolean isValid() {
    return problems.isEmpty();
  }
}
