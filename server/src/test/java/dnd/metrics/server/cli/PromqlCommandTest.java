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

class PromqlCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    CommandLine line = new CommandLine(new PromqlCommand());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler((exception, failed, parsed) -> {
      failed.getErr().println(exception.getMessage());
      return ExitCode.FAILURE;
    });
    return line.execute(args);
  }

  @Test
  void parsesToJson() {
    assertThat(execute("parse", "--", "-foo[5m:]")).isEqualTo(ExitCode.FAILURE);
    assertThat(execute("parse", "rate(foo[5m])")).isEqualTo(ExitCode.SUCCESS);
    assertThat(out.toString()).startsWith("{\"type\":\"call\"").contains("\"range\":300000");
  }

  @Test
  void underlinesWhereAQueryIsWrong() {
    assertThat(execute("format", "sum(foo bar)")).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
            1:9: parse error: unexpected identifier "bar" in aggregation
            sum(foo bar)
                    ^^^
            """);
  }

  @Test
  void formats() {
    assertThat(execute("format", "sum(foo)by(a)")).isEqualTo(ExitCode.SUCCESS);
    assertThat(out.toString()).isEqualToNormalizingNewlines("sum by (a) (foo)\n");
  }

  @Test
  void explains() {
    assertThat(execute("explain", "sum(rate(foo[5m]))")).isEqualTo(ExitCode.SUCCESS);
    assertThat(out.toString()).contains("aggregate sum", "call rate", "range 300000");
  }

  @Test
  void runsScripts(@TempDir Path folder) throws IOException {
    Path good = folder.resolve("good.test");
    Path bad = folder.resolve("bad.test");
    Files.writeString(good, "eval instant at 0 1 + 1\n  2\n");
    Files.writeString(bad, "load 1m\n  foo 1 2\n\neval instant at 1m foo\n  foo 3\n");

    assertThat(execute("test", good.toString())).isEqualTo(ExitCode.SUCCESS);
    assertThat(execute("test", good.toString(), bad.toString())).isEqualTo(ExitCode.FAILURE);
    assertThat(out.toString())
        .contains("good.test                    passed    1  failed    0")
        .contains("bad.test                     passed    0  failed    1  first failure: line 4: ")
        .contains("expected 3 for {__name__=\"foo\"} but got 2")
        .contains("total                        passed    1  failed    1");
    assertThat(execute("test", folder.resolve("none.test").toString())).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).contains("no such file");
  }
}
