package dnd.metrics.server.ingest;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import dnd.metrics.server.hub.MessageHandler;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/** A hub without a network: calls the handlers in place and keeps what is published. */
final class DirectHub implements Hub {
  /** What was published. */
  record Published(String subject, String text) {}

  @SuppressWarnings("ArrayRecordComponent") // a message has its payload in an array
  private record Delivered(
      String subject, String replyTo, Headers headers, byte[] buffer, int offset, int length)
      implements Message {}

  private static final int PADDING_BYTES = 13;

  final LinkedBlockingQueue<Published> replies = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<Published> announced = new LinkedBlockingQueue<>();
  private final Map<String, MessageHandler> handlers = new HashMap<>();

  /** Delivers in place: the payload stands in the middle of a larger buffer, as on the wire. */
  void deliver(String subject, String replyTo, byte[] payload) {
    byte[] buffer = new byte[payload.length + 2 * PADDING_BYTES];
    Arrays.fill(buffer, (byte) '"');
    System.arraycopy(payload, 0, buffer, PADDING_BYTES, payload.length);
    handlers
        .get(subject.substring(subject.indexOf('.')))
        .handle(
            new Delivered(subject, replyTo, Headers.NONE, buffer, PADDING_BYTES, payload.length));
    Arrays.fill(buffer, (byte) 'x'); // who kept the buffer now reads something else
  }

  @Override
  public Subscription subscribe(String subject, String queueGroup, MessageHandler handler) {
    handlers.put(subject.substring(subject.indexOf('.')), handler);
    return () -> {};
  }

  @Override
  public void publish(String subject, String replyTo, Headers headers, byte[] payload) {
    Published published =
        new Published(subject, new String(payload, java.nio.charset.StandardCharsets.UTF_8));
    (subject.startsWith("_INBOX.") ? replies : announced).add(published);
  }

  @Override
  public boolean hasInterest(String subject) {
    return true;
  }

  @Override
  public int maxPayloadBytes() {
    return 1 << 20;
  }

  @Override
  public void close() {}
}
