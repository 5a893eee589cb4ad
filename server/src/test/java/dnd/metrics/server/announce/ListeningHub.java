package dnd.metrics.server.announce;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import dnd.metrics.server.hub.MessageHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hub without a network: keeps what is published, and delivers what a test sends. */
final class ListeningHub implements Hub {
  record Published(String subject, Headers headers, String text) {
    JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    JsonNode data() {
      return json().get("data");
    }
  }

  private record Subscribed(String subject, MessageHandler handler) {}

  @SuppressWarnings("ArrayRecordComponent") // a message has its payload in an array
  private record Delivered(String subject, @Nullable String replyTo, byte[] buffer)
      implements Message {
    @Override
    public Headers headers() {
      return Headers.NONE;
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return buffer.length;
    }
  }

  private final List<Published> published = new CopyOnWriteArrayList<>();
  private final List<Subscribed> subscribed = new CopyOnWriteArrayList<>();
  private int maxPayloadBytes = 1 << 20;

  void limitPayload(int bytes) {
    maxPayloadBytes = bytes;
  }

  /** Everything that was published since this was asked last. */
  List<Published> take() {
    List<Published> taken = new ArrayList<>(published);
    published.subList(0, taken.size()).clear();
    return taken;
  }

  /** What {@link #take} gives, each as its subject and the alert's name. */
  List<String> takeNames() {
    return take().stream()
        .map(each -> each.subject() + " " + each.data().get("rule").stringValue())
        .toList();
  }

  /** Delivers to every subscription whose tokens but the first are those of the subject. */
  void deliver(String subject, @Nullable String replyTo, String payload) {
    String pattern = "*" + subject.substring(subject.indexOf('.'));
    boolean delivered = false;
    for (Subscribed each : subscribed) {
      if (each.subject().equals(pattern)) {
        each.handler()
            .handle(new Delivered(subject, replyTo, payload.getBytes(StandardCharsets.UTF_8)));
        delivered = true;
      }
    }
    if (!delivered) {
      throw new AssertionError("nobody listens on " + subject);
    }
  }

  @Override
  public Subscription subscribe(
      String subject, @Nullable String queueGroup, MessageHandler handler) {
    Subscribed subscription = new Subscribed(subject, handler);
    subscribed.add(subscription);
    return () -> subscribed.remove(subscription);
  }

  @Override
  public void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    if (payload.length > maxPayloadBytes) {
      throw new IllegalArgumentException("payload of " + payload.length + " bytes");
    }
    published.add(new Published(subject, headers, new String(payload, StandardCharsets.UTF_8)));
  }

  @Override
  public boolean hasInterest(String subject) {
    return true;
  }

  @Override
  public int maxPayloadBytes() {
    return maxPayloadBytes;
  }

  @Override
  public void close() {
    subscribed.clear();
  }
}
