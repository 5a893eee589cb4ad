package dnd.metrics.server.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** What was found wrong in one YAML file so far; reading goes on, so that all of it is told. */
public final class YamlProblems {
  private record Problem(int line, String text) {}

  private final String file;
  private final List<Problem> problems = new ArrayList<>();

  YamlProblems(String file) {
    this.file = file;
  }

  /** Notes a problem at the line where {@code node} begins. */
  void add(Node node, String text) {
    add(node.getStartMark(), text);
  }

  void add(Optional<Mark> mark, String text) {
    problems.add(new Problem(mark.map(Mark::getLine).orElse(0) + 1, text));
  }

  /** One line for each, {@code file:line: text}, in the file's order. */
  public List<String> lines() {
    return problems.stream()
        .sorted(Comparator.comparingInt(Problem::line))
        .map(problem -> file + ":" + problem.line() + ": " + problem.text())
        .toList();
  }

  /**
   * @throws YamlException where there is any
   */
  public void throwIfAny() throws YamlException {
    if (!problems.isEmpty()) {
      throw new YamlException(lines());
    }
  }
}
