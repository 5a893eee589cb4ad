package dnd.metrics.events;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code metrics.result}: the answer to every question, in the shape of the Prometheus API. A
 * query's result has a {@code resultType}; those of the discovery events have none.
 *
 * @param resultType scalar, string, vector or matrix; null for discovery and errors
 * @param result as in the Prometheus API; null for errors
 * @param errorType Prometheus's word ({@code bad_data}, {@code execution}, {@code canceled}, {@code
 *     timeout}, {@code internal}, {@code unavailable}); null for success
 * @param error the message; null for success
 * @param errorCode the code of {@link ErrorCode}; null for success
 * @param part number of this part from 1, or 0 where the answer is whole
 * @param last whether no part follows
 */
public record ResultEvent(
    boolean success,
    @Nullable String resultType,
    @Nullable JsonNode result,
    List<String> warnings,
    List<String> infos,
    @Nullable String errorType,
    @Nullable String error,
    @Nullable String errorCode,
    int part,
    boolean last,
    String correlationId) {

  public ResultEvent {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  public static ResultEvent from(Envelope envelope) throws InvalidEventException {
    envelope.requireType(EventTypes.METRICS_RESULT);
    Fields data = envelope.fields();
    int part = data.limit("part", 0);
    return new ResultEvent(
        data.requireString("status").equals("success"),
        data.string("resultType"),
        data.node("result"),
        data.strings("warnings"),
        data.strings("infos"),
        data.string("errorType"),
        data.string("error"),
        data.string("code"),
        part,
        part == 0 || data.bool("last"),
        data.correlationId());
  }
}
