package dnd.metrics.server.telemetry;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.PushEvent;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the service's own metrics at regular intervals: a {@code metrics.report} of {@code
 * metrics_service} on the hub, which takes the way of everybody's reports.
 */
public final class OwnReport implements AutoCloseable {
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(OwnReport.class);

  private final Hub hub;
  private final String instance;
  private final List<MetricSource> sources;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);

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

  /** Reports now. */
  void report() {
    Metrics metrics = new Metrics();
    for (MetricSource source : sources) {
      source.addTo(metrics);
    }
    PushEvent event =
        new PushEvent(
            true,
            CorrelationIds.make(),
            EventTypes.SERVICE_NAME,
            instance,
            clock.millis(),
            Map.of(),
            metrics.all(),
            CorrelationIds.make());
    hub.publish(event.subject(), null, Headers.NONE, event.toJson());
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
