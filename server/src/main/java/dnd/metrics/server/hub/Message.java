package dnd.metrics.server.hub;

import org.jspecify.annotations.Nullable;

/**
 * A message as it was delivered. The payload is handed over in place: {@link #buffer} belongs to
 * the hub and is valid only during {@link MessageHandler#handle}; who needs it longer takes {@link
 * #copyPayload}. Everything else may be kept.
 */
public interface Message {
  String subject();

  /** Where an answer is expected, or null; something can be published to it. */
  @Nullable String replyTo();

  Headers headers();

  byte[] buffer();

  int offset();

  int length();

  default byte[] copyPayload() {
    return java.util.Arrays.copyOfRange(buffer(), offset(), offset() + length());
  }
}
