package dnd.metrics.server.rules.unittest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.rules.file.RuleFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule file and the unit test that docs/rules.md shows do what it says. */
class RulesDocumentTest {
  private static final Pattern FILE =
      Pattern.compile("```yaml\n# (\\S+)\n(.*?)```", Pattern.DOTALL);

  @Test
  void theExamplesAreRightAndPass(@TempDir Path folder) throws IOException {
    String document = Files.readString(Path.of("..", "docs", "rules.md"));
    Matcher examples = FILE.matcher(document);
    List<String> names = new ArrayList<>();
    while (examples.find()) {
      names.add(examples.group(1));
      Files.writeString(folder.resolve(examples.group(1)), examples.group(2));
    }
    assertThat(names).containsExactly("shop.rules.yml", "shop.test.yml");

    var rules = RuleFileReader.read(Files.readString(folder.resolve("shop.rules.yml")));
    assertThat(rules.problems()).isEmpty();
    assertThat(document).contains("SUCCESS: " + rules.file().ruleCount() + " rules found");
    String wrong = Files.readString(folder.resolve("shop.rules.yml")).replace("> 0.1", ">");
    assertThat(RuleFileReader.read(wrong).problems())
        .singleElement()
        .satisfies(problem -> assertThat(document).contains("shop.rules.yml: " + problem));

    RuleTestRunner runner = new RuleTestRunner(new TestOptions(null, false, false, false));
    assertThat(runner.run(folder.resolve("shop.test.yml")).failures()).isEmpty();

    Path failing = folder.resolve("failing.yml");
    String test = Files.readString(folder.resolve("shop.test.yml"));
    Files.writeString(failing, test.replaceFirst("(?s) +- exp_labels: .*?\n.*?\n", ""));
    String difference = runner.run(failing).failures().getFirst();
    assertThat(document).contains(difference.substring(difference.indexOf("    alertname")));
  }
}
