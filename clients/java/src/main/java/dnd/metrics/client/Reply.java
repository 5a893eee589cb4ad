package dnd.metrics.client;

import dnd.metrics.events.CollectedEvent;
import dnd.metrics.events.Envelope;
import dnd.metrics.events.ErrorClass;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.RejectedEvent;
import dnd.metrics.events.StrictJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What became of an event that was sent. */
sealed interface Reply {
  /** It need not be sent again; {@code rejected} of its metrics were refused. */
  record Ended(List<RejectedMetric> rejected) implements Reply {}

  /** It is to be sent again. */
  record Failed(String reason) implements Reply {}

  /** Reads an answer to a push or report. */
  static Reply read(byte[] payload) {
    try {
      ObjectNode object = StrictJson.object(payload, 0, payload.length);
      if (isJetStreamAck(object)) {
        return new Ended(List.of());
      }
      Envelope envelope = Envelope.read(payload);
      return switch (envelope.type()) {
        case EventTypes.METRICS_COLLECTED -> collected(envelope);
        case EventTypes.METRICS_REJECTED -> rejected(RejectedEvent.from(envelope), object);
        default -> new Failed("an answer of type " + envelope.type());
      };
    } catch (InvalidEventException e) {
      return new Failed("an answer that cannot be read: " + e.getMessage());
    }
  }

  private static boolean isJetStreamAck(ObjectNode object) {
    return object.has("stream") && object.has("seq") && !object.has("type") && !object.has("error");
  }

  private static Reply collected(Envelope envelope) throws InvalidEventException {
    JsonNode rejected = envelope.data().get("rejected");
    return new Ended(rejected == null ? List.of() : named(CollectedEvent.rejected(rejected)));
  }

  private static Reply rejected(RejectedEvent event, ObjectNode object) {
    if (!event.rejected().isEmpty()) {
      return new Ended(named(event.rejected()));
    }
    String errorClass = object.path("error").path("class").asString("");
    return errorClass.equals(ErrorClass.USER.text())
        ? new Ended(
            List.of(new RejectedMetric(Optional.empty(), event.code(), event.description())))
        : new Failed(event.code() + ": " + event.description());
  }

  private static List<RejectedMetric> named(List<dnd.metrics.events.RejectedMetric> rejected) {
    return rejected.stream()
        .map(metric ->
            new RejectedMetric(Optional.of(metric.name()), metric.code(), metric.reason()))
        .toList();
  }
}
