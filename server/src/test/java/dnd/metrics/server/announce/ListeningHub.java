package dnd.metrics.server.announce;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.MessageHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hub without a network that keeps what is published, with its headers, or refuses it. */
final class ListeningHub implements Hub {
  record Published(String subject, Headers headers, String text) {
    JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    JsonNode data() {
      return json().get("data");
    }

    String id() {
      return json().get("id").stringValue();
    }
  }

  private final List<Published> published = new ArrayList<>();
  private int maxPayloadBytes = 1 << 20;
  private boolean away;

  synchronized void limitPayload(int bytes) {
    maxPayloadBytes = bytes;
  }

  synchronized void goAway(boolean isAway) {
    away = isAway;
  }

  /** Everything that was published since this was asked last. */
  synchronized List<Published> take() {
    List<Published> taken = List.copyOf(published);
    published.clear();
    return taken;
  }

  /** The ids of what {@link #take} gives. */
  List<String> takeIds() {
    return take().stream().map(Published::id).toList();
  }

  @Override
  public Subscription subscribe(
      String subject, @Nullable String queueGroup, MessageHandler handler) {
    throw new UnsupportedOperationException("only publishes");
  }

  @Override
  public synchronized void publish(
      String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    if (away) {
      throw new IllegalStateException("the hub is away");
    }
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
  public synchronized int maxPayloadBytes() {
    return maxPayloadBytes;
  }

  @Override
  public void close() {}
}
