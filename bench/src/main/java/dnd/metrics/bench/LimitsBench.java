package dnd.metrics.bench;

import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench limits}: what one large query takes from others. Small queries at a fixed rate,
 * alone and beside a query over all series that is refused for its memory again and again; and the
 * time from a cancel event to the end of work, wherever in a large query it comes.
 */
@Command(
    name = "limits",
    mixinStandardHelpOptions = true,
    description =
        "Small queries beside one over a million series that is refused; from cancel to the end of"
            + " work.")
final class LimitsBench implements Callable<Integer> {
  private static final String ALL = "{__name__=~\"cpu_.*\"}";
  private static final int SAMPLES = 3;

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--series",
      defaultValue = "1000000",
      description = "series that are there (default: ${DEFAULT-VALUE})")
  int series = 1_000_000;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "small queries a second (default: ${DEFAULT-VALUE})")
  int rate = 1000;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "counted, after as much to warm up (default: ${DEFAULT-VALUE})")
  int seconds = 10;

  @Option(
      names = "--cancels",
      defaultValue = "20",
      description = "how often each large query is cancelled (default: ${DEFAULT-VALUE})")
  int cancels = 20;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("Limits, %,d series".formatted(series));
    DevopsLoad load =
        IngestBench.load(new IngestBench.Size(series, SAMPLES), System.currentTimeMillis());
    IngestBench ingest = new IngestBench(2, EventTemplate.Form.FULL);
    String limited = "queries: {memory_per_query: 64MiB}\n";
    try (ServerProcess server = ServerProcess.start(shared.program, shared.folder, limited)) {
      ingest.push(server.hub(), load, new Histogram(60_000_000_000L, 3));
      besideRefused(server.hub(), load, report);
    }
    try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
      ingest.push(server.hub(), load, new Histogram(60_000_000_000L, 3));
      canceled(server.hub(), load, report);
    }
    shared.finish(report, "limits");
    return 0;
  }

  private void besideRefused(URI hub, DevopsLoad load, Report report) throws Exception {
    long at = load.lastMillis();
    SmallQueries small = new SmallQueries(hub, rate, at);
    small.ask(seconds);
    add(report, "small queries alone", small.ask(seconds), "refused", 0);
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        LargeQuery large = new LargeQuery(hub, ALL, time(at))) {
      Future<Integer> refused = thread.submit(large::runRefused);
      Histogram nanos;
      try {
        nanos = small.ask(seconds);
      } finally {
        large.stop();
      }
      add(report, "beside " + ALL + ", 64 MiB", nanos, "refused", refused.get());
    }
  }

  private void canceled(URI hub, DevopsLoad load, Report report) throws Exception {
    String instant = time(load.lastMillis());
    String range =
        "\"start\":%d,\"end\":%d,\"step\":\"5s\""
            .formatted(load.lastMillis() / 1000 - 600, load.lastMillis() / 1000);
    List<String[]> queries =
        List.of(
            new String[] {ALL, instant},
            new String[] {"sort(" + ALL + ")", instant},
            new String[] {"sort_by_label(" + ALL + ", \"hostname\")", instant},
            new String[] {"count({hostname=~\".*[13579]\"})", instant},
            new String[] {"count by (__name__, hostname) (" + ALL + ")", instant},
            new String[] {
              "label_replace(" + ALL + ", \"host\", \"$1\", \"hostname\", \"host_(.*)\")", instant
            },
            new String[] {"cpu_usage_user + on (hostname) cpu_usage_system", instant},
            new String[] {"sum by (region) (rate(" + ALL + "[5m]))", range},
            new String[] {"quantile by (region) (0.9, cpu_usage_user)", range},
            new String[] {"topk by (region) (5, " + ALL + ")", range},
            new String[] {"cpu_usage_user", range});
    for (String[] query : queries) {
      try (LargeQuery large = new LargeQuery(hub, query[0], query[1])) {
        large.run();
        long usual = large.run();
        Histogram nanos = new Histogram(60_000_000_000L, 3);
        int tooLate = large.cancel(cancels, usual, nanos);
        report.add(
            Measured.of(
                "cancel " + query[0],
                "dnd-metrics",
                "count",
                nanos.getTotalCount(),
                "p50 ms",
                nanos.getValueAtPercentile(50) / 1e6,
                "p99 ms",
                nanos.getValueAtPercentile(99) / 1e6,
                "max ms",
                nanos.getMaxValue() / 1e6,
                "whole query ms",
                usual / 1e6,
                "ended before",
                (long) tooLate));
      }
    }
  }

  private static String time(long atMillis) {
    return "\"time\":" + atMillis / 1000;
  }

  private static void add(Report report, String what, Histogram nanos, String name, long count) {
    report.add(
        Measured.of(
            what,
            "dnd-metrics",
            "count",
            nanos.getTotalCount(),
            "p50 ms",
            nanos.getValueAtPercentile(50) / 1e6,
            "p90 ms",
            nanos.getValueAtPercentile(90) / 1e6,
            "p99 ms",
            nanos.getValueAtPercentile(99) / 1e6,
            "max ms",
            nanos.getMaxValue() / 1e6,
            name,
            count));
  }
}
