package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench alerts}: what it takes from the moment at which a sample that breaks a rule is due
 * to be published to {@code alert.triggered} at a subscriber on another connection, while other
 * events go on, and the same for {@code alert.resolved}. Every alert must come, once, with the
 * correlation id of its sample.
 */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = "From a sample that breaks a rule to alert.triggered.")
final class AlertBench implements Callable<Integer> {
  private static final int WARM_UP_SECONDS = 10;
  private static final int PROBES = 100;
  private static final int PROBES_PER_SECOND = 50;
  private static final String CORRELATION = "\"correlation_id\":\"probe-";

  @Mixin Bench.Shared shared = new Bench.Shared();

  @Option(
      names = "--rules",
      defaultValue = "1000",
      description = "rules that are loaded, at least 200 (default: ${DEFAULT-VALUE})")
  private int rules = 1000;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "other events of ten samples a second (default: ${DEFAULT-VALUE})")
  private int rate = 1000;

  @Option(
      names = "--concerned",
      defaultValue = "1",
      description = "rules that each of these events concerns, 0 to 9 (default: ${DEFAULT-VALUE})")
  private int concerned = 1;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "counted, after ten to warm up (default: ${DEFAULT-VALUE})")
  private int seconds = 30;

  private final Histogram triggered = new Histogram(60_000_000_000L, 3);
  private final Histogram resolved = new Histogram(60_000_000_000L, 3);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final ConcurrentHashMap<Integer, Integer> announced = new ConcurrentHashMap<>();
  private volatile boolean done;

  @Override
  public Integer call() throws Exception {
    Report report =
        new Report(
            "Alerts: %d rules, %d other events/s of which each concerns %d of them"
                .formatted(rules, rate, concerned));
    try (ServerProcess server = ServerProcess.start(shared.program, shared.folder)) {
      rules().save(server.hub());
      double cpuBefore = server.cpuSeconds();
      long started = System.nanoTime();
      measure(server.hub());
      double cores = (server.cpuSeconds() - cpuBefore) / ((System.nanoTime() - started) / 1e9);
      report.add(Measured.times("sample → alert.triggered", triggered, "server cores", cores));
      report.add(Measured.times("sample → alert.resolved", resolved, "server cores", cores));
    }
    shared.finish(report, "alerts");
    return 0;
  }

  /** Probes first, then those that the other events concern, then rules that nothing concerns. */
  private RuleLoad rules() {
    RuleLoad load = new RuleLoad("1m");
    for (int i = 0; i < rules; i++) {
      int other = i - PROBES;
      if (i < PROBES) {
        load.add("Probe" + i, "bench_probe{probe=\"" + i + "\"} > 100");
      } else if (other < 100 * concerned) {
        load.add(
            "Load" + i,
            "%s{hostname=\"host_%d\"} > 1000"
                .formatted(DevopsLoad.METRICS.get(other / 100), other % 100));
      } else {
        load.add("Quiet" + i, "rate(quiet_total{number=\"" + other + "\"}[5m]) > 10");
      }
    }
    return load;
  }

  private static WireBuffer publication(String subject, byte[] payload) {
    WireBuffer out = new WireBuffer();
    out.put(("PUB " + subject + " " + payload.length + "\r\n").getBytes(US_ASCII));
    return out.put(payload).put("\r\n".getBytes(US_ASCII));
  }

  private void read(WireConnection connection, WireConnection.Delivery delivery) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            connection.readAll(delivery);
          } catch (IOException e) {
            if (!done) {
              failure.compareAndSet(null, e.getMessage());
            }
          }
        });
  }

  private void measure(URI hub) throws Exception {
    int probes = PROBES_PER_SECOND * (WARM_UP_SECONDS + seconds);
    int firstCounted = PROBES_PER_SECOND * WARM_UP_SECONDS;
    long[] dueNanos = new long[probes];
    try (WireConnection publisher = new WireConnection(hub);
        WireConnection subscriber = new WireConnection(hub);
        WireConnection background = new WireConnection(hub)) {
      subscriber.subscribe("alert.triggered", 1);
      subscriber.subscribe("alert.resolved", 2);
      read(
          subscriber,
          (sid, token, buffer, offset, length) -> {
            int number = probeNumber(new String(buffer, offset, length, UTF_8));
            announced.merge(number, 1, Integer::sum);
            if (number >= firstCounted) {
              (sid == 1 ? triggered : resolved)
                  .recordValue(Math.max(1, System.nanoTime() - dueNanos[number]));
            }
          });
      Thread load = Thread.ofPlatform().start(() -> publishLoad(background));
      Pace pace = Pace.fromNow(PROBES_PER_SECOND);
      for (int i = 0; i < probes; i++) {
        dueNanos[i] = pace.dueNanos(i);
        pace.await(i);
        int value = i / PROBES % 2 == 0 ? 200 : 0;
        String event =
            ("{\"type\":\"metrics.push\",\"data\":{\"service\":\"probe%d\",\"metrics\":[{\"name\":"
                    + "\"bench_probe\",\"type\":\"gauge\",\"value\":%d,\"labels\":{\"probe\":\"%d\"}}],"
                    + "\"correlation_id\":\"probe-%d\"}}")
                .formatted(i % PROBES, value, i % PROBES, i);
        publisher.send(publication("probe" + i % PROBES + ".metrics.push", event.getBytes(UTF_8)));
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (announced.size() < probes && System.nanoTime() < deadline) {
        LockSupport.parkNanos(5_000_000);
      }
      done = true;
      load.join();
    }
    check(probes);
  }

  private void check(int probes) {
    String wrong = failure.get();
    if (wrong != null) {
      throw new IllegalStateException(wrong);
    }
    long repeated = announced.values().stream().filter(n -> n > 1).count();
    if (announced.size() != probes || repeated > 0) {
      throw new IllegalStateException(
          "of %d changes %d were announced, %d of them more than once"
              .formatted(probes, announced.size(), repeated));
    }
  }

  private int probeNumber(String event) {
    int at = event.indexOf(CORRELATION);
    if (at < 0) {
      failure.compareAndSet(null, "an alert that no probe caused: " + event);
      return -1;
    }
    int from = at + CORRELATION.length();
    return Integer.parseInt(event.substring(from, event.indexOf('"', from)));
  }

  private void publishLoad(WireConnection connection) {
    try {
      SteadyEvents events = new SteadyEvents("cccccccc");
      Pace pace = Pace.fromNow(rate);
      for (int i = 0; !done; i++) {
        pace.await(i);
        connection.send(events.publication(i, ""));
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e.getMessage());
    }
  }
}
