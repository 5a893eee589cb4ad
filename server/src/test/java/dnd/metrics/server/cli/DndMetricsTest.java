package dnd.metrics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DndMetricsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int execute(String... args) {
    return DndMetrics.execute(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void helpListsEveryCommand() {
    assertThat(execute("--help")).isEqualTo(ExitCode.SUCCESS);
    String text = out.toString(StandardCharsets.UTF_8);
    for (CommandEntry entry : CommandTable.COMMANDS) {
      assertThat(text).contains(entry.name(), entry.summary());
    }
  }

  @Test
  void noCommandIsAUsageError() {
    assertThat(execute()).isEqualTo(ExitCode.USAGE);
    assertThat(out.size()).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("Usage: dnd-metrics COMMAND");
  }

  @Test
  void aMistypedCommandNamesTheNearestOne() {
    assertThat(execute("vesrion")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("dnd-metrics: unknown command 'vesrion'; did you mean 'version'?");
  }

  @Test
  void aGroupOfCommandsWantsOneOfThem() {
    for (String group : List.of("rules", "silence", "dashboards", "backup", "promql")) {
      assertThat(execute(group)).as(group).isEqualTo(ExitCode.USAGE);
    }
    assertThat(out.size()).isZero();
  }

  @Test
  void everyCommandCanBeMadeAndHasItsNameAndAFitSummary() {
    for (CommandEntry entry : CommandTable.COMMANDS) {
      picocli.CommandLine line = new picocli.CommandLine(entry.maker().get());
      assertThat(line.getCommandName()).isEqualTo(entry.name());
      assertThat(line.getCommandSpec().optionsMap()).as(entry.name()).containsKey("--help");
      assertThat(entry.summary()).hasSizeLessThan(66);
    }
  }
}
