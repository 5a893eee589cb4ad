package dnd.metrics.server.rules.unittest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Runs the unit tests of conformance/rules, whose README says what is to come of them. */
class RuleTestConformanceTest {
  private static final Path CASES = Path.of("..", "conformance", "rules", "unittest");
  private static final Path PROMTOOL = Path.of("..", "conformance", "rules", "promtool");
  private static final TestOptions ALL = new TestOptions(null, false, false, false);

  private static FileReport run(Path file) {
    return new RuleTestRunner(ALL).run(file);
  }

  @Test
  void everyCaseFailsWithPromtoolsWordsOrPasses() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(CASES)) {
      files = all.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(15);
    List<String> wrong = new ArrayList<>();
    int passing = 0;
    for (Path file : files) {
      String name = file.getFileName().toString().replaceFirst("\\.yml$", ".txt");
      Path words = file.resolveSibling(name);
      List<String> expected = Files.exists(words) ? Files.readAllLines(words) : List.of();
      List<String> failures = run(file).failures();
      passing += failures.isEmpty() ? 1 : 0;
      List<String> lines = failures.stream().flatMap(String::lines).toList();
      if (!lines.equals(expected)) {
        wrong.add(file + " gave:\n" + String.join("\n", lines));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(passing).isBetween(2, files.size() - 10);
  }

  @Test
  void promtoolsOwnTestsPassOrFailAsTheyShould() {
    assertThat(run(PROMTOOL.resolve("unittest.yml")).failures()).isEmpty();
    assertThat(run(PROMTOOL.resolve("no-test-group-interval.yml")).failures()).isEmpty();
    assertFails("bad-input-series.yml", "parse error: unexpected character inside braces: '0'");
    assertFails("bad-rules-error.yml", "field groups not found in type main.unitTestFile");
    assertFails("bad-rules-error-test.yml", "found duplicate series for the match group");
    assertFails("failing.yml", "got: {__name__=\"test\"} 0E+00");
    assertThat(run(PROMTOOL.resolve("failing.yml")).failures()).hasSize(4);
    assertFails("rules_run.yml", "exp: {__name__=\"test\"} 1E+00");
  }

  @Test
  void testsAreChosenByName() {
    Path file = PROMTOOL.resolve("rules_run.yml");
    FileReport correct = runNamed(file, "correct");
    assertThat(correct.tests()).extracting(TestReport::name).containsExactly("correct test");
    assertThat(correct.passed()).isTrue();
    assertThat(runNamed(file, "wrong").passed()).isFalse();
    assertThat(runNamed(file, "correct|wrong").tests()).hasSize(2);
    assertThat(runNamed(file, "no such").tests()).isEmpty();
  }

  private static FileReport runNamed(Path file, String regex) {
    TestOptions options = new TestOptions(Pattern.compile(regex), false, false, false);
    return new RuleTestRunner(options).run(file);
  }

  @Test
  void differencesAreShownLineByLineOnRequest() {
    TestOptions options = new TestOptions(null, false, true, false);
    FileReport report = new RuleTestRunner(options).run(PROMTOOL.resolve("failing.yml"));
    assertThat(report.failures().getFirst())
        .contains(
            "        diff:\n", "            + []", "            -   Labels:{alertname=\"Test\"}");
  }

  @Test
  void whatWasStoredIsDumpedOnRequest() {
    TestOptions options = new TestOptions(null, true, false, false);
    FileReport report = new RuleTestRunner(options).run(CASES.resolve("passing.yml"));
    assertThat(report.tests().getFirst().notes())
        .containsExactly(
            "Dump of all data (input_series and rules) at 1m1s:",
            "{__name__=\"r\"} =>",
            "1 @[0]",
            "1 @[60000]");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(run(Path.of("nothing.yml")).failures())
        .containsExactly("open nothing.yml: no such file or directory");
  }

  @Test
  void resultsAreWrittenAsJunitXml() {
    FileReport failing = run(PROMTOOL.resolve("rules_run.yml"));
    FileReport broken = run(Path.of("no<thing.yml"));
    String xml = JunitReport.print(List.of(failing, broken));
    assertThat(xml)
        .contains(
            "tests=\"2\" failures=\"1\" errors=\"0\"><testcase name=\"correct test\"></testcase>",
            "<testcase name=\"wrong test\"><failure>    expr: &#34;test&#34;",
            "<error>open no&lt;thing.yml: no such file or directory</error>");
  }

  private static void assertFails(String file, String reason) {
    List<String> failures = run(PROMTOOL.resolve(file)).failures();
    assertThat(failures).as(file).isNotEmpty();
    assertThat(String.join("\n", failures)).as(file).contains(reason);
  }
}
