package dnd.metrics.events;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code metrics.collected}: the samples are on disk. It has the fields of a JetStream PubAck.
 *
 * @param stream the log's name
 * @param seq the batch's number in it
 * @param duplicate whether the event had come before and was not applied again
 * @param count how many metrics of the event were stored
 * @param rejected those that were not
 */
public record CollectedEvent(
    String stream,
    long seq,
    boolean duplicate,
    String service,
    int count,
    List<RejectedMetric> rejected,
    String correlationId) {

  public CollectedEvent {
    rejected = List.copyOf(rejected);
  }

  public static CollectedEvent from(Envelope envelope) throws InvalidEventException {
    envelope.requireType(EventTypes.METRICS_COLLECTED);
    Fields data = envelope.fields();
    Fields attributes = new Fields(envelope.attributes(), "");
    JsonNode seq = attributes.node("seq");
    if (seq == null || !seq.isIntegralNumber()) {
      throw attributes.missing("seq");
    }
    return new CollectedEvent(
        attributes.requireString("stream"),
        seq.longValue(),
        attributes.bool("duplicate"),
        data.requireString("service"),
        data.limit("count", 0),
        rejected(data.node("rejected")),
        data.correlationId());
  }

  /** Reads a list of rejected metrics; null is an empty one. */
  public static List<RejectedMetric> rejected(@Nullable JsonNode list)
      throws InvalidEventException {
    List<RejectedMetric> rejected = new ArrayList<>();
    if (list != null) {
      for (JsonNode element : list) {
        if (!(element instanceof ObjectNode object)) {
          throw new InvalidEventException(
              ErrorCode.WRONG_TYPE, "data.rejected", "must hold objects");
        }
        Fields fields = new Fields(object, "data.rejected.");
        rejected.add(
            new RejectedMetric(
                fields.limit("index", 0),
                fields.requireString("name"),
                fields.requireString("code"),
                fields.requireString("reason")));
      }
    }
    return rejected;
  }
}
