package dnd.metrics.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A hub in memory that does as it is told and remembers what it got. */
final class HubDouble implements MessageHub {
  /** What the hub got; the payload as text. */
  record Got(String subject, @Nullable String replyTo, Map<String, String> headers, String text) {}

  private record Listener(String subject, Consumer<HubMessage> handler) {}

  private final List<Got> requests = new ArrayList<>();
  private final List<Got> published = new ArrayList<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> reconnects = new CopyOnWriteArrayList<>();
  private int inboxes;
  private boolean down;
  private long maxPayloadBytes = 1 << 20;

  /** Null: requests are not answered. */
  private @Nullable String reply = COLLECTED;

  static final String COLLECTED =
      "{\"type\":\"metrics.collected\",\"stream\":\"METRICS\",\"seq\":1,\"data\":{\"service\":\"s\",\"count\":1,"
          + "\"rejected\":[],\"correlation_id\":\"c\"}}";

  synchronized void up() {
    down = false;
    reply = COLLECTED;
  }

  synchronized void down() {
    down = true;
  }

  synchronized void silent() {
    down = false;
    reply = null;
  }

  synchronized void reply(String json) {
    down = false;
    reply = json;
  }

  synchronized void maxPayloadBytes(long bytes) {
    maxPayloadBytes = bytes;
  }

  /** The requests since the last call. */
  synchronized List<Got> takeRequests() {
    List<Got> taken = List.copyOf(requests);
    requests.clear();
    return taken;
  }

  /** What was published since the last call. */
  synchronized List<Got> takePublished() {
    List<Got> taken = List.copyOf(published);
    published.clear();
    return taken;
  }

  int listeners() {
    return listeners.size();
  }

  /** Hands a message to those who listen on exactly that subject. */
  void deliver(String subject, String json) {
    deliver(new HubMessage(subject, json.getBytes(StandardCharsets.UTF_8), false));
  }

  void deliver(HubMessage message) {
    for (Listener listener : listeners) {
      if (listener.subject().equals(message.subject())) {
        listener.handler().accept(message);
      }
    }
  }

  void reconnect() {
    reconnects.forEach(Runnable::run);
  }

  @Override
  public synchronized void publish(String subject, @Nullable String replyTo, byte[] payload) {
    if (down) {
      throw new MetricsException.HubUnavailable("the hub is down", null);
    }
    published.add(new Got(subject, replyTo, Map.of(), new String(payload, StandardCharsets.UTF_8)));
  }

  @Override
  public HubSubscription subscribe(String subject, Consumer<HubMessage> handler) {
    Listener listener = new Listener(subject, handler);
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public synchronized CompletableFuture<byte[]> request(
      String subject, Map<String, String> headers, byte[] payload, Duration timeout) {
    requests.add(new Got(subject, null, headers, new String(payload, StandardCharsets.UTF_8)));
    if (down) {
      return CompletableFuture.failedFuture(
          new MetricsException.HubUnavailable("no responders", null));
    }
    return reply == null
        ? new CompletableFuture<>()
        : CompletableFuture.completedFuture(reply.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public synchronized long maxPayloadBytes() {
    return maxPayloadBytes;
  }

  @Override
  public synchronized String newInbox() {
    return "_INBOX." + ++inboxes;
  }

  @Override
  public void onReconnect(Runnable action) {
    reconnects.add(action);
  }
}
