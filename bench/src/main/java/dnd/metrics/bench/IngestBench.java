package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
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

  /** What a generator, or a program, takes in to be warm. */
  static final Size WARM_UP = new Size(10_000, 360);

  private static final long BLOCK_MILLIS = Duration.ofHours(2).toMillis();
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** So many events of a connection are under way at most, unless another number is asked for. */
  static final int IN_FLIGHT = 512;

  private static final int SERIES_PER_REQUEST = 2_000;

  private final int connections;
  private final int inFlight;
  private final EventTemplate.Form form;
  private final int rules;
  private final boolean warmUp;
  private final boolean blocks;

  IngestBench(int connections, EventTemplate.Form form) {
    this(connections, IN_FLIGHT, form, 0, false, false);
  }

  /**
   * @param inFlight how many events of a connection are under way at most
   * @param rules how many rules are loaded that the events concern
   * @param warmUp whether the program takes in {@link #WARM_UP} of other hosts before the load
   * @param blocks whether the load is cut into blocks afterwards, whose size is measured
   */
  IngestBench(
      int connections,
      int inFlight,
      EventTemplate.Form form,
      int rules,
      boolean warmUp,
      boolean blocks) {
    this.connections = connections;
    this.inFlight = inFlight;
    this.form = form;
    this.rules = rules;
    this.warmUp = warmUp;
    this.blocks = blocks;
  }

  /** The load of a size, ending now. */
  static DevopsLoad load(Size size, long nowMillis) {
    return load(size, nowMillis, "host_");
  }

  /**
   * The same, of hosts of its own, so that a peer can take several sizes in one run. Where blocks
   * are cut, it lies so far back that a sample of now ends its range.
   */
  DevopsLoad loadOfItsOwn(Size size, long nowMillis) {
    return load(size, last(size, nowMillis), "host_" + size.series() + "_");
  }

  private long last(Size size, long nowMillis) {
    if (!blocks) {
      return nowMillis;
    }
    long length = size.samples() * DevopsLoad.STEP_MILLIS;
    long over = Math.floorDiv(nowMillis - BLOCK_MILLIS / 2, BLOCK_MILLIS) * BLOCK_MILLIS;
    return over - Math.ceilDiv(length, BLOCK_MILLIS) * BLOCK_MILLIS + length;
  }

  /**
   * Loads a process that is thrown away, so that the generator is compiled when time counts: what a
   * compiler takes of the cores is the program's own.
   */
  void warmGenerator(Path program, Path folder) throws Exception {
    try (ServerProcess server = ServerProcess.start(program, folder)) {
      long now = System.currentTimeMillis();
      push(server.hub(), load(WARM_UP, now, "warm_"), new Histogram(60_000_000_000L, 3));
    }
  }

  private static DevopsLoad load(Size size, long nowMillis, String hostPrefix) {
    long start = nowMillis - size.samples() * DevopsLoad.STEP_MILLIS;
    return new DevopsLoad(size.series(), size.samples(), start - start % 300_000, 42, hostPrefix);
  }

  /**
   * Starts the program, waits until its start is over, as that of a peer is, loads it over its hub,
   * checks what it holds, and returns the figures.
   */
  Measured ours(Path program, Path folder, DevopsLoad load, Size size) throws Exception {
    try (ServerProcess server = ServerProcess.start(program, folder)) {
      server.awaitRest();
      if (rules > 0) {
        RuleLoad.concernedBy(load, rules).save(server.hub());
      }
      long samples = load.sampleCount();
      if (warmUp) {
        DevopsLoad other = load(WARM_UP, last(WARM_UP, System.currentTimeMillis()), "warm_");
        push(server.hub(), other, new Histogram(60_000_000_000L, 3));
        samples += other.sampleCount();
      }
      double cpuBefore = server.cpuSeconds();
      Histogram latency = new Histogram(60_000_000_000L, 3);
      double seconds = push(server.hub(), load, latency);
      double cpu = server.cpuSeconds() - cpuBefore;
      double resident = server.residentMegabytes();
      double anonymous = server.anonymousMegabytes();
      check(server.hub(), load, warmUp ? "{hostname!~\"warm_.*\"}" : "");
      JsonNode figures = RuleLoad.figures(server.hub());
      List<Object> measured =
          new ArrayList<>(
              List.of(
                  "samples/s",
                  load.sampleCount() / seconds,
                  "seconds",
                  seconds,
                  "server CPU s",
                  cpu,
                  "resident MB",
                  resident,
                  "anonymous MB",
                  anonymous,
                  "ack p50 ms",
                  latency.getValueAtPercentile(50) / 1e6,
                  "ack p99 ms",
                  latency.getValueAtPercentile(99) / 1e6,
                  "log bytes/sample",
                  (double) server.diskBytes() / samples));
      if (rules > 0) {
        measured.addAll(
            List.of(
                "rules",
                rules,
                "evaluated at once",
                figures.path("at_once").asLong(),
                "slots missed",
                figures.path("missed").asLong()));
      }
      if (blocks) {
        measured.addAll(List.of("block bytes/sample", (double) cut(server) / samples));
      }
      return Measured.of("ingest " + size.title(), "dnd-metrics", measured.toArray());
    }
  }

  /** Sends a sample of now, behind which the load's range is over; returns the block's size. */
  private static long cut(ServerProcess server) throws IOException, InterruptedException {
    DevopsLoad now = new DevopsLoad(DevopsLoad.METRICS.size(), 1, System.currentTimeMillis(), 1);
    try (Pusher pusher = new Pusher(server.hub(), 99, 1)) {
      pusher.push(now, now.hosts(), EventTemplate.Form.FULL);
    }
    return (long) awaitStable(server::blockBytes);
  }

  /** Waits until there is something, and for three seconds no more of it. */
  private static double awaitStable(DoubleSupplier bytes) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    double before = 0;
    for (int same = 0; same < 6; ) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no block was written within " + PATIENCE);
      }
      Thread.sleep(500);
      double found = bytes.getAsDouble();
      same = found > 0 && found == before ? same + 1 : 0;
      before = found;
    }
    return before;
  }

  /** Loads a hub and returns the seconds from the first event to the last acknowledgement. */
  double push(URI hub, DevopsLoad load, Histogram latency) throws Exception {
    List<Pusher> pushers = new ArrayList<>();
    List<Callable<Void>> work = new ArrayList<>();
    for (int c = 0; c < connections; c++) {
      Pusher pusher = new Pusher(hub, c, inFlight);
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

  static void check(URI hub, DevopsLoad load) throws IOException, InterruptedException {
    check(hub, load, "");
  }

  /** Counts and sums every sample of every metric, and throws where anything is missing. */
  static void check(URI hub, DevopsLoad load, String selector)
      throws IOException, InterruptedException {
    long hostsTimesSamples = load.sampleCount() / DevopsLoad.METRICS.size();
    String range = "[" + (load.samples() + 1) * DevopsLoad.STEP_MILLIS + "ms]";
    try (HubQueries queries = new HubQueries(hub)) {
      for (int m = 0; m < DevopsLoad.METRICS.size(); m++) {
        String metric = DevopsLoad.METRICS.get(m);
        require(
            "samples of " + metric,
            (double) hostsTimesSamples,
            queries.number(
                "sum(count_over_time(" + metric + selector + range + "))", load.lastMillis()));
        require(
            "the sum of " + metric,
            (double) load.sum(m),
            queries.number(
                "sum(sum_over_time(" + metric + selector + range + "))", load.lastMillis()));
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
    double cpuBefore = peer.cpuSeconds();
    double diskBefore = peer.diskBytes();
    double seconds = write(peer, load);
    List<Object> measured =
        new ArrayList<>(
            List.of(
                "samples/s",
                load.sampleCount() / seconds,
                "seconds",
                seconds,
                "server CPU s",
                peer.cpuSeconds() - cpuBefore,
                "resident MB",
                peer.residentMegabytes(),
                "anonymous MB",
                peer.anonymousMegabytes()));
    if (blocks) {
      DevopsLoad now = new DevopsLoad(DevopsLoad.METRICS.size(), 1, System.currentTimeMillis(), 1);
      peer.write(new RemoteWrite(now).request(now, now.hosts(), 0));
      peer.flush();
      peer.merge();
      double none = Double.isNaN(diskBefore) ? 0 : diskBefore;
      measured.addAll(
          List.of(
              "block bytes/sample",
              awaitStable(() -> peer.diskBytes() - none) / load.sampleCount()));
    }
    return Measured.of("ingest " + size.title(), peer.name(), measured.toArray());
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
