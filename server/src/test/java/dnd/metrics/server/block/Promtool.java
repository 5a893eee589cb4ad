package dnd.metrics.server.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dnd.metrics.server.model.Labels;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Prometheus's own programs, as judges of what we write. They are looked for in the folder that the
 * environment variable {@code PROMETHEUS_HOME} names, then in the PATH. Without them a test is
 * reported as skipped, with the reason.
 */
final class Promtool {
  private Promtool() {}

  /** The path of {@code promtool} or {@code prometheus}. */
  static String find(String program) {
    List<String> folders = new ArrayList<>();
    String home = System.getenv("PROMETHEUS_HOME");
    if (home != null) {
      folders.add(home);
    }
    folders.addAll(List.of(System.getenv("PATH").split(File.pathSeparator)));
    for (String folder : folders) {
      Path candidate = Path.of(folder, program);
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    Assumptions.abort(
        program + " is not here, so that it cannot judge our blocks: apt install prometheus");
    throw new IllegalStateException();
  }

  /** Runs promtool and returns what it printed. */
  static String run(Path scratch, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(find("promtool"));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(scratch, "promtool", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(command + " does not end: " + Files.readString(output));
    }
    String text = Files.readString(output);
    assertEquals(0, process.exitValue(), () -> command + ": " + text);
    return text;
  }

  /** One sample as {@code promtool tsdb dump} prints it. */
  record Line(String labels, double value, long millis) {
    static Line of(String text) {
      int time = text.lastIndexOf(' ');
      int value = text.lastIndexOf(' ', time - 1);
      String number = text.substring(value + 1, time).replace("Inf", "Infinity");
      return new Line(
          text.substring(0, value),
          Double.parseDouble(number),
          Long.parseLong(text.substring(time + 1)));
    }

    static Line of(Labels labels, SampleList.Sample sample) {
      return new Line(labels.toString(), sample.value(), sample.millis());
    }
  }
}
