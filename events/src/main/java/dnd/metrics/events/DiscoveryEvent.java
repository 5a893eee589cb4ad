package dnd.metrics.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question about what series there are, for completion and for Grafana. All four kinds take the
 * same fields; those that a kind has no use for are ignored.
 *
 * @param match series selectors; a series counts where one of them matches; none is all series
 * @param startMillis Unix milliseconds; null is the oldest
 * @param endMillis Unix milliseconds; null is the newest
 * @param label the label whose values are asked for ({@code label_values}), else empty
 * @param metric the metric whose metadata is asked for ({@code metadata}), else null
 * @param limit the most entries to answer with; 0 is all
 */
public record DiscoveryEvent(
    Kind kind,
    List<String> match,
    @Nullable Long startMillis,
    @Nullable Long endMillis,
    String label,
    @Nullable String metric,
    int limit,
    String correlationId) {

  /** What is asked for. */
  public enum Kind {
    /** The label sets of the series that match. */
    SERIES(EventTypes.METRICS_SERIES),
    /** The names of labels. */
    LABELS(EventTypes.METRICS_LABELS),
    /** The values of one label. */
    LABEL_VALUES(EventTypes.METRICS_LABEL_VALUES),
    /** Type, help and unit of metrics. */
    METADATA(EventTypes.METRICS_METADATA);

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    /** The event's type, which is also its subject after the service's token. */
    public String type() {
      return type;
    }
  }

  public DiscoveryEvent {
    match = List.copyOf(match);
  }

  public static DiscoveryEvent from(Kind kind, Envelope envelope) throws InvalidEventException {
    Fields data = envelope.fields();
    String correlationId = data.correlationId();
    List<String> match = data.strings("match");
    if (match.isEmpty()) {
      match = data.strings("match[]"); // as the Prometheus API calls it
    }
    if (kind == Kind.SERIES && match.isEmpty()) {
      throw data.missing("match");
    }
    Long start = data.timestamp("start");
    Long end = data.timestamp("end");
    if (start != null && end != null && end < start) {
      throw new InvalidEventException(ErrorCode.INVALID_RANGE, "data.end", "is before start");
    }
    String label = kind == Kind.LABEL_VALUES ? data.requireString("label") : "";
    return new DiscoveryEvent(
        kind,
        match,
        start,
        end,
        label,
        data.string("metric"),
        data.limit("limit", 0),
        correlationId);
  }

  /** The event as one sends it. */
  public byte[] toJson() {
    JsonBuffer out = new JsonBuffer(256);
    out.raw("{\"type\":").string(kind.type()).raw(",\"data\":{\"correlation_id\":");
    out.string(correlationId);
    if (!match.isEmpty()) {
      out.raw(",\"match\":[");
      for (int i = 0; i < match.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        out.string(match.get(i));
      }
      out.raw(']');
    }
    if (startMillis != null) {
      out.raw(",\"start\":").time(startMillis);
    }
    if (endMillis != null) {
      out.raw(",\"end\":").time(endMillis);
    }
    if (!label.isEmpty()) {
      out.raw(",\"label\":").string(label);
    }
    if (metric != null) {
      out.raw(",\"metric\":").string(metric);
    }
    if (limit > 0) {
      out.raw(",\"limit\":").number(limit);
    }
    return out.raw("}}").toByteArray();
  }
}
