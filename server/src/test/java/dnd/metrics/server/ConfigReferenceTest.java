package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dnd.metrics.server.yaml.YamlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
  private static final Pattern KNOWN = Pattern.compile("unknown key 'qqqqqqqqqqqq'.*; known: (.*)");

  @Test
  void theDocumentHasTheTable() throws Exception {
    String document = Files.readString(Path.of("..", "docs", "operations.md"));
    assertThat(document).contains(ConfigReference.markdown());
  }

  /** What the reader knows is what an unknown key is told, mapping by mapping. */
  @Test
  void theReaderKnowsTheseSettingsAndNoOthers() {
    Map<String, Set<String>> listed = new TreeMap<>();
    for (String key : ConfigReference.keys()) {
      String path = "";
      for (String name : key.replace("TABLE", "alerts").split("\\.")) {
        listed.computeIfAbsent(path, p -> new TreeSet<>()).add(name.replace("[]", ""));
        path = path.isEmpty() ? name : path + "." + name;
      }
    }
    listed.remove("storage.tables"); // its keys are names
    assertThat(listed).hasSizeGreaterThan(10);
    listed.forEach(
        (path, keys) -> assertThat(known(path)).as("keys of '%s'", path).isEqualTo(keys));
  }

  private static Set<String> known(String path) {
    StringBuilder yaml = new StringBuilder();
    int depth = 0;
    for (String name : path.isEmpty() ? new String[0] : path.split("\\.")) {
      boolean list = name.endsWith("[]");
      yaml.append("  ".repeat(depth)).append(name.replace("[]", "")).append(":\n");
      depth++;
      if (list) {
        yaml.append("  ".repeat(depth)).append("-\n");
        depth++;
      }
    }
    yaml.append("  ".repeat(depth)).append("qqqqqqqqqqqq: 1\n");
    YamlException wrong =
        catchThrowableOfType(
            YamlException.class,
            () -> new ConfigReader(Map.of()).parse("test.yaml", yaml.toString()));
    List<String> found =
        wrong
            .getMessage()
            .lines()
            .map(KNOWN::matcher)
            .filter(Matcher::find)
            .map(matcher -> matcher.group(1))
            .toList();
    assertThat(found).as("of %s: %s", yaml, wrong.getMessage()).hasSize(1);
    return new TreeSet<>(List.of(found.get(0).split(", ")));
  }
}
