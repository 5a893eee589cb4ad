package dnd.metrics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RulesCommandTest {
  private static final Path PROMTOOL = Path.of("..", "conformance", "rules", "promtool");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Object... args) {
    CommandLine line = new CommandLine(new RulesCommand());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    return line.execute(words);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("rules.yml"), text);
  }

  @Test
  void aRightFileIsCounted() {
    assertThat(execute("check", PROMTOOL.resolve("rules.yml"))).isEqualTo(ExitCode.SUCCESS);
    assertThat(out.toString())
        .startsWith("Checking " + PROMTOOL.resolve("rules.yml"))
        .contains("  SUCCESS: 5 rules found");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyProblemOfAWrongFileIsTold() throws IOException {
    Path file = file("groups:\n- name: a\n  rules:\n  - {record: r, expr: up +}\n- name: a\n");
    assertThat(execute("check", file, folder.resolve("none.yml"))).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString().lines())
        .containsExactly(
            "  FAILED:",
            file
                + ": 4:23: group \"a\", rule 1, \"r\": could not parse expression: 1:5: parse"
                + " error: unexpected end of input",
            file + ": 5:3: groupname: \"a\" is repeated in the same file",
            "  FAILED:",
            folder.resolve("none.yml")
                + ": open "
                + folder.resolve("none.yml")
                + ": no such file or directory");
  }

  @Test
  void rulesThatAreThereTwiceAreTold() throws IOException {
    String rule = "  - {record: r, expr: up, labels: {a: b}}\n";
    Path file = file("groups:\n- name: a\n  rules:\n" + rule + rule);
    assertThat(execute("check", file)).isEqualTo(ExitCode.SUCCESS);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
              FAILED:
            lint error 1 duplicate rule(s) found.
            Metric: r
            Label(s):
            	a: b
            Might cause inconsistency while recording expressions
            """);
    assertThat(execute("check", "--lint-fatal", file)).isEqualTo(ExitCode.LINT);
    assertThat(execute("check", "--lint-fatal", "--lint", "none", file))
        .isEqualTo(ExitCode.SUCCESS);
    assertThat(execute("check", "--lint", "spelling", file)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void unknownFieldsMayBeIgnored() throws IOException {
    Path file = file("groups:\n- name: a\n  owner: me\n  rules: []\n");
    assertThat(execute("check", file)).isEqualTo(ExitCode.FAILURE);
    assertThat(execute("check", "--ignore-unknown-fields", file)).isEqualTo(ExitCode.SUCCESS);
  }

  @Test
  void testsPassAndFail() {
    Path passing = PROMTOOL.resolve("unittest.yml");
    Path failing = PROMTOOL.resolve("rules_run.yml");
    assertThat(execute("test", passing)).isEqualTo(ExitCode.SUCCESS);
    assertThat(out.toString()).contains("Unit Testing:  " + passing, "  SUCCESS");
    assertThat(err.toString()).isEmpty();

    assertThat(execute("test", passing, failing)).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).startsWith("  FAILED:").contains("got: {__name__=\"test\"} 0E+00");
    assertThat(execute("test", "--run", "correct", failing)).isEqualTo(ExitCode.SUCCESS);
    assertThat(execute("test", "--run", "correct", "--run", "wrong", failing))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(execute("test", "--run", "(", failing)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void resultsAreWrittenForOtherPrograms() throws IOException {
    Path junit = folder.resolve("junit.xml");
    assertThat(execute("test", "--junit", junit, PROMTOOL.resolve("rules_run.yml")))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(Files.readString(junit)).contains("<testcase name=\"wrong test\"><failure>");
  }
}
