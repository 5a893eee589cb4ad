package dnd.metrics.events;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code metrics.rejected}: a batch, or some metrics of one, that were not stored.
 *
 * @param code the text of an {@link ErrorCode}
 * @param description what is wrong, naming the field
 * @param service the sender, as far as the event named one
 * @param rejected the metrics that are meant; empty where the envelope is wrong
 */
public record RejectedEvent(
    String code,
    String description,
    @Nullable String service,
    List<RejectedMetric> rejected,
    String correlationId) {

  public RejectedEvent {
    rejected = List.copyOf(rejected);
  }

  public static RejectedEvent from(Envelope envelope) throws InvalidEventException {
    envelope.requireType(EventTypes.METRICS_REJECTED);
    JsonNode error = envelope.attributes().get("error");
    if (!(error instanceof ObjectNode errorObject)) {
      throw new InvalidEventException(ErrorCode.MISSING_FIELD, "error", "is missing");
    }
    Fields errorFields = new Fields(errorObject, "error.");
    Fields data = envelope.fields();
    return new RejectedEvent(
        errorFields.requireString("code"),
        errorFields.requireString("description"),
        data.string("service"),
        CollectedEvent.rejected(data.node("rejected")),
        data.correlationId());
  }
}
