package dnd.metrics.server.hub.embedded;

import org.jspecify.annotations.Nullable;

/**
 * A message on its way from its publisher to the receivers: views on buffers that belong to the
 * publisher and are valid until the delivery returns. A connection's reader reuses one for all its
 * messages. Subject and reply are wire text ({@link WireText}); the header block is a whole one,
 * from {@code NATS/1.0} to the empty line, or nothing.
 */
final class Publication {
  static final byte[] NOTHING = new byte[0];

  /** The connection that published it; null where the service did. */
  final @Nullable Connection publisher;

  final WakeUps wakeUps;

  String subject = "";
  byte[] subjectBuffer = NOTHING;
  int subjectFrom;
  int subjectTo;

  byte[] replyBuffer = NOTHING;
  int replyFrom;
  int replyTo;

  byte[] headerBuffer = NOTHING;
  int headerFrom;
  int headerTo;

  byte[] payloadBuffer = NOTHING;
  int payloadFrom;
  int payloadTo;

  Publication(@Nullable Connection publisher, WakeUps wakeUps) {
    this.publisher = publisher;
    this.wakeUps = wakeUps;
  }

  /** Lets go of the buffers. */
  void clear() {
    subjectBuffer = NOTHING;
    replyBuffer = NOTHING;
    headerBuffer = NOTHING;
    payloadBuffer = NOTHING;
  }

  int subjectLength() {
    return subjectTo - subjectFrom;
  }

  int replyLength() {
    return replyTo - replyFrom;
  }

  int headerLength() {
    return headerTo - headerFrom;
  }

  int payloadLength() {
    return payloadTo - payloadFrom;
  }
}
