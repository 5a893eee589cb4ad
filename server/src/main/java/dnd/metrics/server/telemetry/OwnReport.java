package dnd.metrics.server.telemetry;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Metric;
import dnd.metrics.events.PushEvent;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the service's own metrics at regular intervals: a {@code metrics.report} of {@code
 * metrics_service} on the hub, which takes the way of everybody's reports.
 *
 * <p>A report is all that its sender has, so there is one. Where it would be larger than the hub's
 * max_payload, those metrics of which there are most, such as one for each sender, are pushed
 * beside it, in as many events as it takes: what is pushed is no concern of a report.
 */
public final class OwnReport implements AutoCloseable {
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(OwnReport.class);

  private final Hub hub;
  private final String instance;
  private final List<MetricSource> sources;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Metrics that are pushed, once they did not fit: going to and fro, they would end each time. */
  private final Set<String> pushedNames = new HashSet<>();

  /** Metrics of which it was said that one does not fit into a message. */
  private final Set<String> unsentNames = new HashSet<>();

  /**
   * @param instance what tells this process from others of the service
   */
  public OwnReport(Hub hub, String instance, List<MetricSource> sources, InstantSource clock) {
    this.hub = hub;
    this.instance = instance;
    this.sources = List.copyOf(sources);
    this.clock = clock;
  }

  /** Reports for the first time after one interval, on a thread of its own. */
  public void start() {
    Thread.ofVirtual()
        .name("own-metrics")
        .start(() -> {
          try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
              reportSafely();
            }
          } catch (InterruptedException e) {
            LOG.debug("the reports of the service's own metrics were interrupted");
          }
        });
  }

  private void reportSafely() {
    try {
      report();
    } catch (RuntimeException | Error e) {
      LOG.warn("the service's own metrics were not reported", e);
    }
  }

  /** Reports now, in one event or, where the hub takes none so large, in several. */
  void report() {
    Metrics metrics = new Metrics();
    for (MetricSource source : sources) {
      source.addTo(metrics);
    }
    long now = clock.millis();
    PushEvent report = event(true, now, beside(metrics.all(), false));
    byte[] json = report.toJson();
    while (json.length > hub.maxPayloadBytes() && !report.metrics().isEmpty()) {
      String name = mostOften(report.metrics());
      LOG.info("{} of the service's own metrics no longer fits into their report", name);
      pushedNames.add(name);
      report = event(true, now, beside(metrics.all(), false));
      json = report.toJson();
    }
    if (!report.metrics().isEmpty()) { // else it would say that the service has gone
      hub.publish(report.subject(), null, Headers.NONE, json);
    }
    // What is pushed for the first time has just ended, as the report lacks it, at its time.
    push(now + 1, beside(metrics.all(), true));
  }

  /** Those that are pushed beside the report, or those that are not. */
  private List<Metric> beside(List<Metric> metrics, boolean pushed) {
    return metrics.stream()
        .filter(metric -> pushedNames.contains(metric.name()) == pushed)
        .toList();
  }

  private static String mostOften(List<Metric> metrics) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    metrics.forEach(metric -> counts.merge(metric.name(), 1, Integer::sum));
    return Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  private void push(long timestampMillis, List<Metric> metrics) {
    if (metrics.isEmpty()) {
      return;
    }
    PushEvent push = event(false, timestampMillis, metrics);
    byte[] json = push.toJson();
    if (json.length <= hub.maxPayloadBytes()) {
      hub.publish(push.subject(), null, Headers.NONE, json);
    } else if (metrics.size() > 1) {
      int half = metrics.size() / 2;
      push(timestampMillis, metrics.subList(0, half));
      push(timestampMillis, metrics.subList(half, metrics.size()));
    } else if (unsentNames.add(metrics.getFirst().name())) {
      LOG.warn(
          "the service's own metric {} is too large for the hub's max_payload of {} bytes",
          metrics.getFirst().name(),
          hub.maxPayloadBytes());
    }
  }

  private PushEvent event(boolean report, long timestampMillis, List<Metric> metrics) {
    return new PushEvent(
        report,
        CorrelationIds.make(),
        EventTypes.SERVICE_NAME,
        instance,
        timestampMillis,
        Map.of(),
        metrics,
        CorrelationIds.make());
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
