package dnd.metrics.client;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * {@code alert.triggered} or {@code alert.resolved}: an alert fires, or does no longer.
 *
 * @param id the event's id; what is announced twice after a crash has the same one, and reaches a
 *     callback once
 * @param firing true for {@code alert.triggered}
 * @param rule the alert's name
 * @param severity its label {@code severity}, or empty
 * @param labels all of its labels
 * @param value what its expression gave last
 * @param startedAt when it began to fire
 * @param resolvedAt when it ended
 * @param json the whole event as it came
 */
public record AlertEvent(
    String id,
    boolean firing,
    String rule,
    String severity,
    Map<String, String> labels,
    Map<String, String> annotations,
    double value,
    Optional<Instant> startedAt,
    Optional<Instant> resolvedAt,
    String correlationId,
    String json) {
  public AlertEvent {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
