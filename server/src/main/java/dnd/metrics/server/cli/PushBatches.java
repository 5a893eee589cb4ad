package dnd.metrics.server.cli;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Metric;
import dnd.metrics.events.PushEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes metrics into events that fit the hub's max_payload.
 *
 * @param instance the sender's instance, or null
 * @param timestampMillis the time of samples without one, or null for the service's
 * @param labels what every metric has
 */
record PushBatches(
    String service,
    @Nullable String instance,
    @Nullable Long timestampMillis,
    Map<String, String> labels,
    long maxPayloadBytes) {

  /** What one event may hold of metrics, so that the service answers early and often. */
  private static final int MAX_METRICS = 10_000;

  PushBatches {
    labels = Map.copyOf(labels);
  }

  /** One report, or null where it does not fit: a snapshot cannot be split. */
  byte @Nullable [] report(List<Metric> metrics) {
    byte[] event = event(true, metrics);
    return event.length <= maxPayloadBytes ? event : null;
  }

  /**
   * As many pushes as are needed.
   *
   * @throws CommandFailedException where a single metric does not fit
   */
  List<byte[]> pushes(List<Metric> metrics) throws CommandFailedException {
    List<byte[]> events = new ArrayList<>();
    add(metrics, events);
    return events;
  }

  private void add(List<Metric> metrics, List<byte[]> events) throws CommandFailedException {
    if (metrics.size() <= MAX_METRICS) {
      byte[] event = event(false, metrics);
      if (event.length <= maxPayloadBytes) {
        events.add(event);
        return;
      }
      if (metrics.size() == 1) {
        throw new CommandFailedException(
            metrics.getFirst().name()
                + " alone makes an event of "
                + event.length
                + " bytes; the hub takes "
                + maxPayloadBytes);
      }
    }
    int middle = metrics.size() / 2;
    add(metrics.subList(0, middle), events);
    add(metrics.subList(middle, metrics.size()), events);
  }

  private byte[] event(boolean report, List<Metric> metrics) {
    return new PushEvent(
            report,
            CorrelationIds.make(),
            service,
            instance,
            timestampMillis,
            labels,
            metrics,
            CorrelationIds.make())
        .toJson();
  }
}
