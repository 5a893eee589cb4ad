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
import tools.jackson.databind.json.JsonMapper;

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
  private static final int RULES_PER_GROUP = 20;
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
      loadRules(server.hub());
      double cpuBefore = server.cpuSeconds();
      long started = System.nanoTime();
      measure(server.hub());
      double cores = (server.cpuSeconds() - cpuBefore) / ((System.nanoTime() - started) / 1e9);
      add(report, "sample → alert.triggered", triggered, cores);
      add(report, "sample → alert.resolved", resolved, cores);
    }
    shared.finish(report, "alerts");
    return 0;
  }

  private static void add(Report report, String what, Histogram nanos, double cores) {
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
            "server cores",
            cores));
  }

  /** Probes first, then those that the other events concern, then rules that nothing concerns. */
  private String rule(int i) {
    if (i < PROBES) {
      return "Probe" + i + "\n        expr: bench_probe{probe=\"" + i + "\"} > 100";
    }
    int other = i - PROBES;
    if (other < 100 * concerned) {
      return "Load%d\n        expr: %s{hostname=\"host_%d\"} > 1000"
          .formatted(i, DevopsLoad.METRICS.get(other / 100), other % 100);
    }
    return "Quiet%d\n        expr: rate(quiet_total{number=\"%d\"}[5m]) > 10".formatted(i, other);
  }

  private void loadRules(URI hub) throws IOException {
    StringBuilder yaml = new StringBuilder("groups:\n");
    for (int i = 0; i < rules; i++) {
      if (i % RULES_PER_GROUP == 0) {
        yaml.append("  - name: group").append(i / RULES_PER_GROUP).append("\n    rules:\n");
      }
      yaml.append("      - alert: ").append(rule(i)).append('\n');
      yaml.append("        labels: {severity: page}\n");
    }
    String event =
        "{\"type\":\"alert.rules\",\"data\":{\"action\":\"save\",\"file\":\"bench.yml\",\"content\":"
            + JsonMapper.shared().writeValueAsString(yaml.toString())
            + "}}";
    AtomicReference<@Nullable String> answer = new AtomicReference<>();
    try (WireConnection connection = new WireConnection(hub)) {
      connection.subscribe("_INBOX.rules.*", 1);
      read(
          connection,
          (sid, token, buffer, offset, length) ->
              answer.set(new String(buffer, offset, length, UTF_8)));
      connection.send(publication("bench.alert.rules", "_INBOX.rules.1", event.getBytes(UTF_8)));
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (answer.get() == null && System.nanoTime() < deadline) {
        LockSupport.parkNanos(5_000_000);
      }
    }
    String text = answer.get();
    if (text == null || !text.contains("\"rules\":" + rules)) {
      throw new IllegalStateException("the rules were not loaded: " + text);
    }
  }

  private static WireBuffer publication(String subject, String reply, byte[] payload) {
    WireBuffer out = new WireBuffer();
    String replyTo = reply.isEmpty() ? "" : reply + " ";
    out.put(("PUB " + subject + " " + replyTo + payload.length + "\r\n").getBytes(US_ASCII));
    out.put(payload);
    out.put("\r\n".getBytes(US_ASCII));
    return out;
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
      long start = System.nanoTime() + 100_000_000L;
      for (int i = 0; i < probes; i++) {
        dueNanos[i] = start + (long) i * 1_000_000_000L / PROBES_PER_SECOND;
        waitUntil(dueNanos[i]);
        int value = i / PROBES % 2 == 0 ? 200 : 0;
        String event =
            ("{\"type\":\"metrics.push\",\"data\":{\"service\":\"probe%d\",\"metrics\":[{\"name\":"
                    + "\"bench_probe\",\"type\":\"gauge\",\"value\":%d,\"labels\":{\"probe\":\"%d\"}}],"
                    + "\"correlation_id\":\"probe-%d\"}}")
                .formatted(i % PROBES, value, i % PROBES, i);
        publisher.send(
            publication("probe" + i % PROBES + ".metrics.push", "", event.getBytes(UTF_8)));
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

  private static void waitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void publishLoad(WireConnection connection) {
    try {
      DevopsLoad values = new DevopsLoad(1_000, 1_000, 0, 7);
      EventTemplate[] templates =
          values.hosts().stream()
              .map(host -> new EventTemplate(host, EventTemplate.Form.FULL))
              .toArray(EventTemplate[]::new);
      WireBuffer payload = new WireBuffer();
      WireBuffer out = new WireBuffer();
      long start = System.nanoTime();
      for (int i = 0; !done; i++) {
        waitUntil(start + (long) i * 1_000_000_000L / rate);
        DevopsLoad.Host host = values.hosts().get(i % templates.length);
        payload.clear();
        int length =
            templates[host.number()].render(
                values,
                i / templates.length % values.samples(),
                EventTemplate.renderTime(System.currentTimeMillis()),
                "cccccccc-0000-4000-8000-%012d".formatted(i).getBytes(US_ASCII),
                payload);
        out.clear();
        out.put(("PUB " + host.sender() + ".metrics.push " + length + "\r\n").getBytes(US_ASCII));
        out.put(payload).put((byte) '\r').put((byte) '\n');
        connection.send(out);
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e.getMessage());
    }
  }
}
