package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench restart}: what many active series take in memory, and how long the program takes to
 * answer again after {@code kill -9} right after the last acknowledgement. A first answer counts
 * when it has the newest sample of its series; then every sample of every metric is counted and
 * summed.
 */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    description =
        "Memory with many active series; from kill -9 right after the last acknowledgement to the"
            + " first answer.")
final class RestartBench implements Callable<Integer> {
  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--series",
      defaultValue = "1000000",
      description = "how many there are (default: ${DEFAULT-VALUE})")
  int series = 1_000_000;

  @Option(
      names = "--samples",
      defaultValue = "12",
      description = "of each of them (default: ${DEFAULT-VALUE})")
  int samples = 12;

  @Option(
      names = "--kills",
      defaultValue = "3",
      description =
          "how often it is killed, without further load between (default: ${DEFAULT-VALUE})")
  int kills = 3;

  @Option(
      names = "--settle",
      defaultValue = "60",
      description =
          "seconds of rest after the last count, after which memory is looked at again (default: ${DEFAULT-VALUE})")
  int settleSeconds = 60;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("Restart after kill -9, %,d series x %d".formatted(series, samples));
    DevopsLoad load =
        IngestBench.load(new IngestBench.Size(series, samples), System.currentTimeMillis());
    ours(load, report);
    for (String against : shared.against) {
      peer(against, load, report);
    }
    shared.finish(report, "restart");
    return 0;
  }

  private void ours(DevopsLoad load, Report report) throws Exception {
    ServerProcess server = ServerProcess.start(shared.program, shared.folder);
    try {
      warmUpAsking(server.hub());
      double seconds =
          new IngestBench(2, EventTemplate.Form.FULL)
              .push(server.hub(), load, new Histogram(60_000_000_000L, 3));
      add(report, loaded("dnd-metrics", seconds, server.memory(), server.diskBytes()));
      for (int kill = 1; kill <= kills; kill++) {
        server = server.killAndRestart(shared.program);
        double answered = firstAnswer(server, load);
        ProcessMemory then = server.memory();
        IngestBench.check(server.hub(), load);
        double counted = server.secondsSinceStart();
        add(
            report,
            restarted("dnd-metrics", kill, server.secondsToServe(), answered, then, counted));
        add(report, memory("after the count " + kill, server.memory(), load.sampleCount()));
      }
      TimeUnit.SECONDS.sleep(settleSeconds);
      add(report, memory(settleSeconds + " s later", server.memory(), load.sampleCount()));
    } finally {
      server.close();
    }
  }

  /** Lets this process load what it asks and reads answers with, before that is timed. */
  private static void warmUpAsking(URI hub) throws IOException {
    try (BareHubQueries queries = new BareHubQueries(hub)) {
      long now = System.currentTimeMillis();
      HubQueries.answer(queries.ask(new DashboardQuery("vector(1)", 0), now, now));
    }
  }

  /** Asks for one series, whose newest sample must be the answer; the seconds since the start. */
  private static double firstAnswer(ServerProcess server, DevopsLoad load) throws IOException {
    DashboardQuery query = oneSeries();
    try (BareHubQueries queries = new BareHubQueries(server.hub())) {
      Answer answer = HubQueries.answer(queries.ask(query, load.lastMillis(), load.lastMillis()));
      double seconds = server.secondsSinceStart();
      requireNewest(load, answer);
      return seconds;
    }
  }

  private static DashboardQuery oneSeries() {
    return new DashboardQuery("cpu_usage_user{hostname=\"host_3\"}", 0);
  }

  private static void requireNewest(DevopsLoad load, Answer answer) {
    double expected = load.value(0, 3, load.samples() - 1);
    List<Double> found = new ArrayList<>();
    answer.series().values().forEach(points -> found.addAll(points.values()));
    if (!found.equals(List.of(expected))) {
      throw new IllegalStateException("the newest sample is " + expected + ", found " + found);
    }
  }

  private void peer(String against, DevopsLoad load, Report report) throws Exception {
    try (PeerProcess process = PeerProcess.start(against, shared.folder)) {
      Peer peer = process.peer();
      double seconds = new IngestBench(2, EventTemplate.Form.FULL).write(peer, load);
      add(report, loaded(peer.name(), seconds, process.memory(), 0));
      process.killAndRestart();
      double answered = process.awaitAnswer();
      add(report, restarted(peer.name(), 1, answered, answered, process.memory(), Double.NaN));
      add(
          report,
          Measured.of(
              "after the count 1",
              peer.name(),
              "resident MB",
              process.memory().residentMegabytes(),
              "anonymous MB",
              process.memory().anonymousMegabytes(),
              "samples",
              count(peer, load)));
    }
  }

  /** How many samples a peer has still; it need not be all. */
  private static long count(Peer peer, DevopsLoad load) {
    long count = 0;
    String range = "[" + (load.samples() + 1) * DevopsLoad.STEP_MILLIS + "ms]";
    for (String metric : DevopsLoad.METRICS) {
      DashboardQuery query = new DashboardQuery("sum(count_over_time(" + metric + range + "))", 0);
      String body = peer.query(query, load.lastMillis(), load.lastMillis());
      Answer answer =
          HubQueries.answer(List.of(body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      for (var points : answer.series().values()) {
        count += points.lastEntry().getValue().longValue();
      }
    }
    return count;
  }

  /** A run takes minutes: each row is told as soon as it is there. */
  private static void add(Report report, Measured row) {
    report.add(row);
    System.err.printf("bench: %s, %s: %s%n", row.what(), row.system(), row.figures());
  }

  private static Measured memory(String what, ProcessMemory memory, long samples) {
    return Measured.of(
        what,
        "dnd-metrics",
        "resident MB",
        memory.residentMegabytes(),
        "anonymous MB",
        memory.anonymousMegabytes(),
        "samples",
        samples);
  }

  private static Measured loaded(
      String system, double seconds, ProcessMemory memory, long diskBytes) {
    return Measured.of(
        "loaded",
        system,
        "seconds",
        seconds,
        "resident MB",
        memory.residentMegabytes(),
        "anonymous MB",
        memory.anonymousMegabytes(),
        "disk MB",
        diskBytes / 1e6);
  }

  private static Measured restarted(
      String system,
      int kill,
      double serves,
      double answered,
      ProcessMemory memory,
      double counted) {
    return Measured.of(
        "kill -9, " + kill,
        system,
        "seconds",
        answered,
        "resident MB",
        memory.residentMegabytes(),
        "anonymous MB",
        memory.anonymousMegabytes(),
        "listens after s",
        serves,
        "all counted after s",
        counted);
  }
}
