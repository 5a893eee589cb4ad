package dnd.metrics.client;

import dnd.metrics.events.Envelope;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.ResultEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One {@code metrics.result} event.
 *
 * @param update its number among those of a live query; -1 where it is none
 * @param full whether a live query's update holds the whole answer
 * @param gone the labels of a live query's series that are no more
 */
record Answer(ResultEvent event, int update, boolean full, List<Map<String, String>> gone) {

  static Answer read(HubMessage message) {
    if (message.noResponders()) {
      throw new MetricsException.HubUnavailable("no metrics service answers on the hub", null);
    }
    try {
      Envelope envelope = Envelope.read(message.payload());
      Fields data = envelope.fields();
      List<Map<String, String>> gone = new ArrayList<>();
      JsonNode goneNode = data.node("gone");
      if (goneNode != null) {
        goneNode.forEach(labels -> gone.add(ResultReader.labels(labels)));
      }
      return new Answer(
          ResultEvent.from(envelope), data.limit("update", -1), data.bool("full"), gone);
    } catch (InvalidEventException e) {
      throw new MetricsException.InvalidAnswer("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  /** The error that it is, or null. */
  MetricsException.@Nullable QueryFailed failure() {
    return event.success()
        ? null
        : new MetricsException.QueryFailed(
            String.valueOf(event.errorType()),
            String.valueOf(event.errorCode()),
            String.valueOf(event.error()));
  }

  List<ReadSeries> series() {
    JsonNode result = event.result();
    QueryResult.Type type = ResultReader.type(event.resultType());
    return result == null || type == QueryResult.Type.STRING
        ? List.of()
        : ResultReader.series(type, result);
  }

  /** The value of an answer of type string, else empty. */
  String text() {
    JsonNode result = event.result();
    return result == null || !"string".equals(event.resultType())
        ? ""
        : result.path(1).asString("");
  }
}
