package dnd.metrics.server.request;

import dnd.metrics.events.Envelope;
import dnd.metrics.events.Fields;
import org.jspecify.annotations.Nullable;

/**
 * An event that asks for something and gets one reply.
 *
 * @param service who asks: the first token of the subject
 * @param replyTo where the reply is expected; null: on {@code <service>.<type of the reply>}
 * @param correlationId what request, reply and everything they cause have in common
 */
public record Request(
    String service, @Nullable String replyTo, String correlationId, Envelope envelope) {

  /** The fields of the event's {@code data}. */
  public Fields fields() {
    return envelope.fields();
  }
}
