package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
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
 * {@code bench overload}: senders that push as fast as the hub lets them, waiting for no
 * acknowledgement, beside calm senders, small queries and rules. Fails where an event was not
 * acknowledged, a sample is missing, an evaluation was missed, or memory went beyond its limit.
 */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    description =
        "What senders without measure do to calm ones, to queries, to rules and to memory.")
final class OverloadBench implements Callable<Integer> {
  private static final int CALM_PER_SECOND = 200;
  private static final int QUERIES_PER_SECOND = 50;
  private static final int RULES = 100;

  /** So many events are in flight at most that it is no limit. */
  private static final int NO_WINDOW = 1 << 20;

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "of each part: calm, then overloaded (default: ${DEFAULT-VALUE})")
  int seconds = 10;

  @Option(
      names = "--flooders",
      defaultValue = "8",
      description =
          "connections, each with a service of its own, up to 10 (default: ${DEFAULT-VALUE})")
  int flooders = 8;

  @Option(
      names = "--series",
      defaultValue = "100000",
      description = "of all services, those that flood have a part of (default: ${DEFAULT-VALUE})")
  int series = 100_000;

  @Option(
      names = "--most-megabytes",
      defaultValue = "2000",
      description = "resident memory beyond which this fails (default: ${DEFAULT-VALUE})")
  int mostMegabytes = 2000;

  @Override
  public Integer call() throws Exception {
    if (flooders < 1 || flooders > DevopsLoad.SERVICES / 2) {
      throw new IllegalArgumentException("--flooders takes 1 to " + DevopsLoad.SERVICES / 2);
    }
    Report report =
        new Report("Overload, %d senders without measure, %d rules".formatted(flooders, RULES));
    DevopsLoad queried =
        IngestBench.load(new IngestBench.Size(10_000, 60), System.currentTimeMillis());
    try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
      new IngestBench(2, EventTemplate.Form.FULL)
          .push(server.hub(), queried, new Histogram(60_000_000_000L, 3));
      RuleLoad.concernedBy(queried, RULES).save(server.hub());
      measure(server, queried, "warming up", new Report(""));
      double calmMegabytes = measure(server, queried, "calm", report);
      List<Flood> floods = new ArrayList<>();
      DevopsLoad load = flood();
      try (ExecutorService threads = Executors.newFixedThreadPool(flooders)) {
        for (int i = 0; i < flooders; i++) {
          floods.add(new Flood(server.hub(), load, i));
        }
        List<Future<Long>> pushed = floods.stream().map(threads::submit).toList();
        long from = System.nanoTime();
        double megabytes = measure(server, queried, "overloaded", report);
        if (pushed.stream().anyMatch(Future::isDone)) {
          throw new IllegalStateException("a flood ended early: take a larger --series");
        }
        floods.forEach(Flood::stop);
        long events = 0;
        for (Future<Long> each : pushed) {
          events += each.get(); // returns when every event is acknowledged
        }
        double took = (System.nanoTime() - from) / 1e9;
        requireAllThere(server.hub(), load, events);
        finish(
            report,
            events,
            took,
            calmMegabytes,
            megabytes,
            RuleLoad.figures(server.hub()).path("missed").asLong());
      } finally {
        for (Flood flood : floods) {
          flood.close();
        }
      }
    }
    shared.finish(report, "overload");
    return 0;
  }

  private void finish(
      Report report,
      long events,
      double took,
      double calmMegabytes,
      double megabytes,
      long missed) {
    report.add(
        Measured.of(
            "flood",
            "dnd-metrics",
            "count",
            events,
            "samples/s",
            events * DevopsLoad.METRICS.size() / took,
            "resident MB, calm",
            calmMegabytes,
            "resident MB, most",
            megabytes,
            "slots missed",
            missed));
    if (megabytes > mostMegabytes) {
      throw new IllegalStateException(
          "%.0f MB were resident, more than %d".formatted(megabytes, mostMegabytes));
    }
    if (missed > 0) {
      throw new IllegalStateException(missed + " evaluations of rules were missed");
    }
  }

  private DevopsLoad flood() {
    int samples = 720;
    long start = System.currentTimeMillis() - samples * DevopsLoad.STEP_MILLIS;
    return new DevopsLoad(series, samples, start, 7, "flood_");
  }

  /** Measures calm senders and queries for a while; returns the most resident memory. */
  private double measure(ServerProcess server, DevopsLoad queried, String what, Report report)
      throws Exception {
    CalmSenders calm = new CalmSenders(server.hub(), CALM_PER_SECOND, flooders);
    SmallQueries small = new SmallQueries(server.hub(), QUERIES_PER_SECOND, queried.lastMillis());
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> sent =
          threads.submit(() -> {
            calm.send(seconds);
            return null;
          });
      Future<Histogram> asked = threads.submit(() -> small.ask(seconds));
      double most = 0;
      while (!sent.isDone() || !asked.isDone()) {
        most = Math.max(most, server.residentMegabytes());
        Thread.sleep(50);
      }
      sent.get();
      report.add(Measured.times("push of a service of its own → reply, " + what, calm.others()));
      report.add(Measured.times("push of a flooding service → reply, " + what, calm.sharing()));
      report.add(Measured.times("query of one series → reply, " + what, asked.get()));
      return most;
    }
  }

  private static void requireAllThere(URI hub, DevopsLoad load, long events)
      throws IOException, InterruptedException {
    String range = "[" + (load.samples() + 1) * DevopsLoad.STEP_MILLIS + "ms]";
    try (HubQueries queries = new HubQueries(hub)) {
      for (String metric : DevopsLoad.METRICS) {
        IngestBench.require(
            "flooded samples of " + metric,
            (double) events,
            queries.number(
                "sum(count_over_time(%s{hostname=~\"flood_.*\"}%s))".formatted(metric, range),
                load.lastMillis()));
      }
    }
  }

  /** One connection that pushes the hosts of one service until it is told to stop. */
  private static final class Flood implements Callable<Long>, AutoCloseable {
    private final Pusher pusher;
    private final DevopsLoad load;
    private final List<DevopsLoad.Host> hosts;
    private volatile boolean stopped;

    Flood(URI hub, DevopsLoad load, int service) throws IOException {
      this.pusher = new Pusher(hub, 100 + service, NO_WINDOW);
      this.load = load;
      this.hosts =
          load.hosts().stream().filter(h -> h.number() % DevopsLoad.SERVICES == service).toList();
    }

    @Override
    public Long call() {
      pusher.push(load, hosts, EventTemplate.Form.FULL, () -> stopped);
      return pusher.acknowledged();
    }

    void stop() {
      stopped = true;
    }

    @Override
    public void close() throws IOException {
      pusher.close();
    }
  }
}
