package dnd.metrics.server.yaml;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML file whose root is a mapping. Usage: {@link #parse}, ask {@link #root} for what is known,
 * {@link YamlMapping#finish} each mapping, then {@link YamlProblems#throwIfAny}. For one thread.
 */
public final class YamlFile {
  private final YamlMapping root;
  private final YamlProblems problems;

  private YamlFile(YamlMapping root, YamlProblems problems) {
    this.root = root;
    this.problems = problems;
  }

  /**
   * Reads {@code text}; an empty document is an empty mapping.
   *
   * @param file the name that problems give
   * @throws YamlException where it is not YAML or its root is not a mapping
   */
  public static YamlFile parse(String file, String text) throws YamlException {
    YamlProblems problems = new YamlProblems(file);
    Optional<Node> node = Optional.empty();
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).build();
      node = new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      problems.add(e.getProblemMark(), "not YAML: " + describe(e));
    } catch (YamlEngineException e) {
      problems.add(Optional.empty(), "not YAML: " + e.getMessage());
    }
    problems.throwIfAny();
    if (node.isPresent() && !(node.get() instanceof MappingNode) && !isNull(node.get())) {
      problems.add(node.get(), "the file must hold keys and values (key: value)");
      problems.throwIfAny();
    }
    YamlMapping root =
        node.isPresent() && node.get() instanceof MappingNode mapping
            ? new YamlMapping("", mapping, problems)
            : YamlMapping.empty(problems);
    return new YamlFile(root, problems);
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String describe(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem() == null ? e.getMessage() : e.getProblem());
    String context = String.valueOf(e.getContext());
    boolean alias = problem.contains("alias") || context.contains("alias");
    return alias ? problem + " (a text that begins with * must be quoted)" : problem;
  }

  public YamlMapping root() {
    return root;
  }

  public YamlProblems problems() {
    return problems;
  }
}
