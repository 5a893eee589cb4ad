package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;

/**
 * How many samples a second are taken in and acknowledged, the load generator on the same machine.
 * What was acknowledged is counted and summed by queries before the time counts.
 */
final class IngestBench {
  /** A size of the load. */
  record Size(int series, int samples) {
    String title() {
      return "%,d series x %d".formatted(series, samples).replace(',', ' ');
    }
  }

  private static final int IN_FLIGHT = 512;
  private static final int SERIES_PER_REQUEST = 2_000;

  private final int connections;
  private final EventTemplate.Form form;
  private final int rules;

  IngestBench(int connections, EventTemplate.Form form) {
    this(connections, form, 0);
  }

  /**
   * @param rules how many rules are loaded that the events concern
   */
  IngestBench(int connections, EventTemplate.Form form, int rules) {
    this.connections = connections;
    this.form = form;
    this.rules = rules;
  }

  /** The load of a size, ending now. */
  static DevopsLoad load(Size size, long nowMillis) {
    return load(size, nowMillis, "host_");
  }

  /** The same, of hosts of its own, so that a peer can take several sizes in one run. */
  static DevopsLoad loadOfItsOwn(Size size, long nowMillis) {
    return load(size, nowMillis, "host_" + size.series() + "_");
  }

  private static DevopsLoad load(Size size, long nowMillis, String hostPrefix) {
    long start = nowMillis - size.samples() * DevopsLoad.STEP_MILLIS;
    return new DevopsLoad(size.series(), size.samples(), start - start % 300_000, 42, hostPrefix);
  }

  /** Starts the program, loads it over its hub, checks what it holds, and returns the figures. */
  Measured ours(Path program, Path folder, DevopsLoad load, Size size) throws Exception {
    try (ServerProcess server = ServerProcess.start(program, folder)) {
      if (rules > 0) {
        RuleLoad.concernedBy(load, rules).save(server.hub());
      }
      double cpuBefore = server.cpuSeconds();
      Histogram latency = new Histogram(60_000_000_000L, 3);
      double seconds = push(server.hub(), load, latency);
      double cpu = server.cpuSeconds() - cpuBefore;
      check(server.hub(), load);
      JsonNode figures = RuleLoad.figures(server.hub());
      return Measured.of(
          "ingest " + size.title(),
          "dnd-metrics",
          "samples/s",
          load.sampleCount() / seconds,
          "seconds",
          seconds,
          "server CPU s",
          cpu,
          "resident MB",
          server.residentMegabytes(),
          "disk bytes/sample",
          (double) server.diskBytes() / load.sampleCount(),
          "ack p50 ms",
          latency.getValueAtPercentile(50) / 1e6,
          "ack p99 ms",
          latency.getValueAtPercentile(99) / 1e6,
          "rules",
          rules,
          "evaluated at once",
          figures.path("at_once").asLong(),
          "slots missed",
          figures.path("missed").asLong());
    }
  }

  /** Loads a hub and returns the seconds from the first event to the last acknowledgement. */
  double push(URI hub, DevopsLoad load, Histogram latency) throws Exception {
    List<Pusher> pushers = new ArrayList<>();
    List<Callable<Void>> work = new ArrayList<>();
    for (int c = 0; c < connections; c++) {
      Pusher pusher = new Pusher(hub, c, IN_FLIGHT);
      pushers.add(pusher);
      List<DevopsLoad.Host> share = share(load, c);
      work.add(() -> {
        pusher.push(load, share, form);
        return null;
      });
    }
    long from = System.nanoTime();
    runAll(work);
    double seconds = (System.nanoTime() - from) / 1e9;
    for (Pusher pusher : pushers) {
      latency.add(pusher.latencyNanos());
      pusher.close();
    }
    long acknowledged = pushers.stream().mapToLong(Pusher::acknowledged).sum();
    if (acknowledged * DevopsLoad.METRICS.size() != load.sampleCount()) {
      throw new IllegalStateException(
          acknowledged
              + " events acknowledged, of "
              + load.sampleCount() / DevopsLoad.METRICS.size());
    }
    return seconds;
  }

  /** The hosts of one connection: a sender's events go over one, so that their order is kept. */
  private List<DevopsLoad.Host> share(DevopsLoad load, int connection) {
    return load.hosts().stream()
        .filter(h -> h.number() % DevopsLoad.SERVICES % connections == connection)
        .toList();
  }

  private static void runAll(List<Callable<Void>> work) throws InterruptedException, IOException {
    try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
      for (Future<Void> future : threads.invokeAll(work)) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** Counts and sums every sample of every metric, and throws where anything is missing. */
  static void check(URI hub, DevopsLoad load) throws IOException, InterruptedException {
    long hostsTimesSamples = load.sampleCount() / DevopsLoad.METRICS.size();
    String range = "[" + (load.samples() + 1) * DevopsLoad.STEP_MILLIS + "ms]";
    try (HubQueries queries = new HubQueries(hub)) {
      for (int m = 0; m < DevopsLoad.METRICS.size(); m++) {
        String metric = DevopsLoad.METRICS.get(m);
        require(
            "samples of " + metric,
            (double) hostsTimesSamples,
            queries.number("sum(count_over_time(" + metric + range + "))", load.lastMillis()));
        require(
            "the sum of " + metric,
            (double) load.sum(m),
            queries.number("sum(sum_over_time(" + metric + range + "))", load.lastMillis()));
      }
    }
  }

  static void require(String what, double expected, double found) {
    if (!Answer.close(expected, found)) {
      throw new IllegalStateException("%s: %s expected, %s found".formatted(what, expected, found));
    }
  }

  /**
   * Sends the same load to a peer by remote write, requests made ready beforehand, and returns the
   * figures.
   */
  Measured peer(Peer peer, DevopsLoad load, Size size) throws Exception {
    double seconds = write(peer, load);
    return Measured.of(
        "ingest " + size.title(),
        peer.name(),
        "samples/s",
        load.sampleCount() / seconds,
        "seconds",
        seconds);
  }

  /** Writes a load to a peer; the seconds leave the making of the requests out. */
  double write(Peer peer, DevopsLoad load) throws Exception {
    RemoteWrite encoder = new RemoteWrite(load);
    List<Callable<Void>> work = new ArrayList<>();
    for (int c = 0; c < connections; c++) {
      List<byte[]> requests = requests(encoder, load, share(load, c));
      work.add(() -> {
        requests.forEach(peer::write);
        return null;
      });
    }
    long from = System.nanoTime();
    runAll(work);
    double seconds = (System.nanoTime() - from) / 1e9;
    peer.flush();
    return seconds;
  }

  private static List<byte[]> requests(
      RemoteWrite encoder, DevopsLoad load, List<DevopsLoad.Host> hosts) {
    int perRequest = SERIES_PER_REQUEST / DevopsLoad.METRICS.size();
    List<byte[]> requests = new ArrayList<>();
    for (int s = 0; s < load.samples(); s++) {
      for (int from = 0; from < hosts.size(); from += perRequest) {
        requests.add(
            encoder.request(
                load, hosts.subList(from, Math.min(hosts.size(), from + perRequest)), s));
      }
    }
    return requests;
  }
}
