package dnd.metrics.bench;

import com.sun.management.ThreadMXBean;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench promql}: the range queries of Prometheus's own benchmark, inside this process, the
 * median of many runs by the clock, the slowest against Prometheus first.
 */
@Command(
    name = "promql",
    mixinStandardHelpOptions = true,
    description = "The 152 range queries of Prometheus's own benchmark, in this process.")
final class PromqlBench implements Callable<Integer> {
  private static final long BATCH_NANOS = 2_000_000;

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--peer",
      description =
          "what Prometheus's 'go test ./promql -run ^$ -bench BenchmarkRangeQuery' printed here, today"
              + " (default: the figures of the table, of another day)")
  @Nullable Path peer;

  @Option(
      names = "--run",
      description = "only rows in whose title this regular expression is found")
  @Nullable Pattern run;

  @Option(
      names = "--millis",
      defaultValue = "300",
      description = "counted time a row, after as much to warm up (default: ${DEFAULT-VALUE})")
  int millis = 300;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  private record Figures(double nanos, double bytes) {}

  @Override
  public Integer call() throws Exception {
    GoBenchmarkOutput output = peer == null ? null : GoBenchmarkOutput.read(peer);
    List<RangeQuery> rows =
        RangeQuery.all().stream()
            .filter(row -> run == null || run.matcher(row.title()).find())
            .toList();
    Path folder = shared.folder.resolve("promql");
    delete(folder);
    Report report =
        new Report(
            "Range queries against "
                + (output == null ? "the table's figures for Prometheus, of another day" : peer));
    try (Head head = RangeQueryData.fill(folder)) {
      RangeQueryCheck check = new RangeQueryCheck(engine, head);
      int empty = 0;
      long compared = 0;
      for (RangeQuery row : rows) {
        int values = check.check(row, ask(head, row));
        empty += values == 0 ? 1 : 0;
        compared += values;
      }
      System.out.printf(
          "%d values equal a second evaluation; %d queries have an empty answer, as meant%n",
          compared, empty);
      rows.forEach(row -> measure(head, row, millis / 3));
      rows.stream()
          .map(row -> row(row, measure(head, row, millis), output))
          .sorted(Comparator.comparingDouble(measured -> measured.number("times as fast")))
          .forEach(report::add);
    } finally {
      delete(folder);
    }
    shared.finish(report, "promql");
    double[] ratios =
        report.rows().stream().mapToDouble(measured -> measured.number("times as fast")).toArray();
    System.out.printf(
        "%d queries, geometric mean %.2f times as fast, slower: %d, not measured there: %d%n",
        ratios.length,
        Math.exp(
            Arrays.stream(ratios).filter(r -> !Double.isNaN(r)).map(Math::log).average().orElse(0)),
        Arrays.stream(ratios).filter(r -> r < 1).count(),
        Arrays.stream(ratios).filter(Double::isNaN).count());
    return 0;
  }

  private static Measured row(RangeQuery row, Figures ours, @Nullable GoBenchmarkOutput output) {
    double theirs = output == null ? row.tableNanos() : output.medianNanos(row.goName());
    return Measured.of(
        row.title(),
        "dnd-metrics",
        "ns",
        ours.nanos(),
        "bytes allocated",
        ours.bytes(),
        "Prometheus ns",
        theirs,
        "times as fast",
        theirs / ours.nanos());
  }

  private QueryValue.MatrixValue ask(Head head, RangeQuery row) {
    QueryValue value =
        engine
            .range(
                head,
                row.expression(),
                row.startMillis(),
                RangeQueryData.END_MILLIS,
                RangeQueryData.INTERVAL_MILLIS,
                QueryOptions.defaults())
            .value();
    return (QueryValue.MatrixValue) value;
  }

  /** The median of batches that take 2 ms or one query, whichever is longer, after a warm-up. */
  private Figures measure(Head head, RangeQuery row, int millisCounted) {
    long nanos = millisCounted * 1_000_000L;
    long begin = System.nanoTime();
    int queries = 0;
    do {
      ask(head, row);
      queries++;
    } while (System.nanoTime() - begin < nanos);
    int batch = (int) Math.max(1, BATCH_NANOS * queries / (System.nanoTime() - begin));
    double[] batches = new double[3 + (int) (nanos / BATCH_NANOS)];
    long bytesBefore = threads.getTotalThreadAllocatedBytes();
    begin = System.nanoTime();
    int done = 0;
    do {
      long batchBegin = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        ask(head, row);
      }
      batches[done++] = (double) (System.nanoTime() - batchBegin) / batch;
    } while (done < batches.length && (done < 3 || System.nanoTime() - begin < nanos));
    double bytes =
        (double) (threads.getTotalThreadAllocatedBytes() - bytesBefore) / ((long) done * batch);
    Arrays.sort(batches, 0, done);
    return new Figures(batches[done / 2], bytes);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
