package dnd.metrics.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ClientBenchmark} with one thread and with two, each case in a process of its own. */
final class JavaClientBench {
  private static final String OURS = "dnd";

  private JavaClientBench() {}

  static List<ClientLine> run(long millis, Consumer<String> progress) throws RunnerException {
    List<ClientLine> lines = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      progress.accept("java, threads: " + threads);
      // case → whose → nanoseconds
      Map<String, Map<String, Double>> cases = new LinkedHashMap<>();
      for (RunResult result : runner(threads, millis).run()) {
        String method = result.getParams().getBenchmark();
        String name = method.substring(method.lastIndexOf('.') + 1);
        cases
            .computeIfAbsent(
                inWords(name.substring(0, name.indexOf('_'))), k -> new LinkedHashMap<>())
            .put(name.substring(name.indexOf('_') + 1), result.getPrimaryResult().getScore());
      }
      int count = threads;
      cases.forEach((name, nanos) -> addLines(lines, name, count, nanos));
    }
    return lines;
  }

  private static Runner runner(int threads, long millis) {
    return new Runner(
        new OptionsBuilder()
            .include(ClientBenchmark.class.getName() + "\\.")
            .threads(threads)
            .forks(1)
            .warmupIterations(4)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(5)
            .measurementTime(TimeValue.milliseconds(millis))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgs("-Xmx256m")
            .build());
  }

  private static void addLines(
      List<ClientLine> lines, String name, int threads, Map<String, Double> nanos) {
    double ours = nanos.getOrDefault(OURS, Double.NaN);
    nanos.forEach((whose, theirs) -> {
      if (!whose.equals(OURS)) {
        String what = name + (threads > 1 ? ", " + threads + " threads" : "");
        lines.add(new ClientLine("java", what, ours, peer(whose), theirs));
      }
    });
  }

  private static String peer(String whose) {
    return whose.equals("micrometer") ? "Micrometer" : "Prometheus client";
  }

  /** {@code incrementByHandle} as {@code increment by handle}. */
  private static String inWords(String method) {
    return method.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
