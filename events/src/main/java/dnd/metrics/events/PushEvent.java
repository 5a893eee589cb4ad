package dnd.metrics.events;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.push} or {@code metrics.report}, as one sends it.
 *
 * @param report whether it is a full snapshot of the instance
 * @param id the event's id, the same at every retry
 * @param instance the sender's instance, or null
 * @param timestampMillis the time of all samples that have none of their own; null is when the
 *     service receives the event
 * @param labels what every metric of the batch has
 */
public record PushEvent(
    boolean report,
    String id,
    String service,
    @Nullable String instance,
    @Nullable Long timestampMillis,
    Map<String, String> labels,
    List<Metric> metrics,
    String correlationId) {

  public PushEvent {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    metrics = List.copyOf(metrics);
  }

  public static PushEvent of(String service, List<Metric> metrics) {
    return new PushEvent(
        false,
        CorrelationIds.make(),
        service,
        null,
        null,
        Map.of(),
        metrics,
        CorrelationIds.make());
  }

  public String type() {
    return report ? EventTypes.METRICS_REPORT : EventTypes.METRICS_PUSH;
  }

  /** Where to publish it. */
  public String subject() {
    return service + "." + type();
  }

  /** The event as one sends it. */
  public byte[] toJson() {
    JsonBuffer out = new JsonBuffer(256 + 160 * metrics.size());
    out.raw("{\"type\":").string(type()).raw(",\"id\":").string(id);
    out.raw(",\"data\":{\"service\":").string(service);
    if (instance != null) {
      out.raw(",\"instance\":").string(instance);
    }
    if (timestampMillis != null) {
      out.raw(",\"timestamp\":").time(timestampMillis);
    }
    if (!labels.isEmpty()) {
      out.raw(",\"labels\":");
      Metric.writeLabels(out, labels);
    }
    out.raw(",\"metrics\":[");
    for (int i = 0; i < metrics.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      metrics.get(i).write(out);
    }
    return out.raw("],\"correlation_id\":").string(correlationId).raw("}}").toByteArray();
  }
}
