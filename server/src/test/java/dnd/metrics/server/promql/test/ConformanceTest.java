package dnd.metrics.server.promql.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.PrettyPrinter;
import dnd.metrics.server.promql.parse.Printer;
import dnd.metrics.server.promql.parse.SyntaxTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds how many evals of Prometheus's scripts pass, file by file, against a table that only goes
 * up: {@code promql-conformance.txt}. To update it, copy the lines that this test prints.
 */
class ConformanceTest {
  private static final String TABLE = "promql-conformance.txt";

  @Test
  void noFewerEvalsPassThanTheTableSays() throws IOException {
    Path folder = projectRoot().resolve("../shared/conformance/promql").normalize();
    assumeTrue(
        Files.isDirectory(folder), () -> "Prometheus's scripts are not here: no folder " + folder);
    Map<String, Integer> passedBefore = table();
    List<String> fewer = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    int passed = 0;
    int failed = 0;
    for (Path script : scripts(folder)) {
      FileReport report = new PromqlTestRunner().run(script);
      passed += report.passed();
      failed += report.failed();
      lines.add(report.file() + " " + report.passed() + " " + report.failed());
      if (report.passed() < passedBefore.getOrDefault(report.file(), 0)) {
        fewer.add(report + " (before: " + passedBefore.get(report.file()) + ")");
      }
    }
    System.out.println("# file passed failed; total passed " + passed + ", failed " + failed);
    lines.forEach(System.out::println);
    assertThat(fewer).as("files of which fewer evals pass than before").isEmpty();
    assertThat(lines).as("files").hasSizeGreaterThanOrEqualTo(passedBefore.size());
  }

  @Test
  void ourOwnScriptsPass() throws IOException {
    Path folder = projectRoot().resolve("conformance/promql");
    List<Path> scripts = scripts(folder);

    assertThat(scripts).isNotEmpty();
    for (Path script : scripts) {
      FileReport report = new PromqlTestRunner().run(script);
      assertThat(report.failures()).as(report.file()).isEmpty();
      assertThat(report.passed()).as(report.file()).isPositive();
    }
  }

  @Test
  void everyQueryParsesToTheSameWhenPrinted() throws IOException {
    List<Path> scripts = new ArrayList<>(scripts(projectRoot().resolve("conformance/promql")));
    Path folder = projectRoot().resolve("../shared/conformance/promql").normalize();
    if (Files.isDirectory(folder)) {
      scripts.addAll(scripts(folder));
    }
    int queries = 0;
    for (Path script : scripts) {
      for (Command command : new ScriptParser(Files.readString(script)).parse()) {
        if (command instanceof EvalCommand eval) {
          Expr expr = Parser.parse(eval.query(), ParserOptions.ALL);
          assertThat(SyntaxTree.of(Parser.parse(Printer.print(expr), ParserOptions.ALL)))
              .as(script.getFileName() + " line " + eval.line())
              .isEqualTo(SyntaxTree.of(expr));
          assertThat(SyntaxTree.of(Parser.parse(PrettyPrinter.print(expr), ParserOptions.ALL)))
              .as(script.getFileName() + " line " + eval.line() + " laid out")
              .isEqualTo(SyntaxTree.of(expr));
          queries++;
        }
      }
    }
    assertThat(queries).isGreaterThan(10);
  }

  private static List<Path> scripts(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    }
  }

  private static Map<String, Integer> table() throws IOException {
    Map<String, Integer> passed = new TreeMap<>();
    try (var in = Objects.requireNonNull(ConformanceTest.class.getResourceAsStream("/" + TABLE))) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" "))
          .forEach(fields -> passed.put(fields[0], Integer.parseInt(fields[1])));
    }
    return passed;
  }

  /** The folder that holds all modules, found upwards from where the tests run. */
  static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("dnd-metrics"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new UncheckedIOException(new IOException("not inside the project"));
      }
    }
    return folder;
  }
}
