package dnd.metrics.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code go test -bench} printed: nanoseconds an operation, by the name of a sub-benchmark.
 */
final class GoBenchmarkOutput {
  private static final Pattern LINE =
      Pattern.compile("Benchmark[^/\\s]+/(\\S+?)(?:-\\d+)?\\s+\\d+\\s+([0-9.]+) ns/op.*");

  private final Map<String, List<Double>> nanos = new HashMap<>();

  /**
   * @throws IOException where the file cannot be read or holds no such line
   */
  static GoBenchmarkOutput read(Path file) throws IOException {
    GoBenchmarkOutput output = new GoBenchmarkOutput();
    for (String line : Files.readAllLines(file)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        output
            .nanos
            .computeIfAbsent(matcher.group(1), name -> new ArrayList<>())
            .add(Double.parseDouble(matcher.group(2)));
      }
    }
    if (output.nanos.isEmpty()) {
      throw new IOException(file + " has no line of 'go test -bench'");
    }
    return output;
  }

  /** The median of the runs of that name, NaN where there was none. */
  double medianNanos(String name) {
    List<Double> runs = nanos.getOrDefault(name, List.of()).stream().sorted().toList();
    return runs.isEmpty() ? Double.NaN : runs.get(runs.size() / 2);
  }
}
