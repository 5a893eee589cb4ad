package dnd.metrics.client;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reports the sources of a client at an interval, all together, since a report is all that an
 * instance has. On a thread of its own: a source may ask a database for a gauge. Safe for use by
 * several threads.
 */
final class Reports {
  private final Pusher pusher;
  private final long intervalMillis;
  private final ClientCallbacks callbacks;
  private final CopyOnWriteArrayList<MetricsSource> sources = new CopyOnWriteArrayList<>();
  private @Nullable ScheduledExecutorService thread; // guarded by this
  private boolean closed; // guarded by this

  Reports(Pusher pusher, long intervalMillis, ClientCallbacks callbacks) {
    this.pusher = pusher;
    this.intervalMillis = intervalMillis;
    this.callbacks = callbacks;
  }

  /** Reports {@code source} from now on, until what is returned is closed. */
  synchronized HubSubscription add(MetricsSource source) {
    sources.add(source);
    if (thread == null && !closed) {
      thread =
          Executors.newSingleThreadScheduledExecutor(
              task -> DaemonThread.of("dnd-metrics-client-reports", task));
      var unused =
          thread.scheduleAtFixedRate(
              this::report, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }
    return () -> sources.remove(source);
  }

  /**
   * Collects and reports now. Where a source fails nothing is reported: what it has would end. The
   * client's own gauge is always among what is reported, since an empty report would say that the
   * instance is gone.
   */
  synchronized void report() {
    if (sources.isEmpty()) {
      return;
    }
    List<Metric> metrics = new ArrayList<>();
    for (MetricsSource source : sources) {
      try {
        metrics.addAll(source.collect());
      } catch (RuntimeException e) {
        callbacks.error(e);
        return;
      }
    }
    metrics.add(0, reported(metrics.size()));
    pusher.report(metrics);
  }

  private static Metric reported(int count) {
    return new Metric(
        "dnd_metrics_client_reported_metrics",
        MetricType.GAUGE,
        count,
        null,
        Map.of(),
        null,
        null,
        false,
        "How many metrics the last report of this client held.",
        null);
  }

  /** Reports a last time. */
  synchronized void close() {
    closed = true;
    report();
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
