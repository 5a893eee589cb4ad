package dnd.metrics.server.query;

import dnd.metrics.events.EventTypes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who asked, and where the answer goes.
 *
 * @param service the first token of the question's subject
 * @param replyTo where the answer is expected; null: it is published to {@code
 *     <service>.metrics.result}
 * @param correlationId what question and answer have in common
 */
record Asker(String service, @Nullable String replyTo, String correlationId) {
  Asker {
    Objects.requireNonNull(service, "service");
    Objects.requireNonNull(correlationId, "correlationId");
  }

  String answerSubject() {
    return replyTo != null ? replyTo : service + "." + EventTypes.METRICS_RESULT;
  }
}
