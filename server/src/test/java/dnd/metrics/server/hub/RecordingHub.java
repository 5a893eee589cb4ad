package dnd.metrics.server.hub;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hub without a network: delivers what a test sends, and keeps what is published. */
public final class RecordingHub implements Hub {
  public record Published(String subject, String text) {
    public JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    public JsonNode data() {
      return json().get("data");
    }
  }

  private record Subscribed(String subject, MessageHandler handler) {}

  @SuppressWarnings("ArrayRecordComponent") // a message has its payload in an array
  private record Delivered(String subject, String replyTo, byte[] buffer) implements Message {
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

  public final int maxPayloadBytes;
  public final LinkedBlockingQueue<Published> published = new LinkedBlockingQueue<>();
  private final List<Subscribed> subscribed = new CopyOnWriteArrayList<>();

  /** How many publications there may be until nobody listens any more. */
  public volatile int listensFor = Integer.MAX_VALUE;

  /** Subjects that nobody listens on any more. */
  public final Set<String> left = ConcurrentHashMap.newKeySet();

  /** How much waits for every reader. */
  public volatile long pendingBytes;

  /** The same for each subject, where it is another one. */
  public volatile ToLongFunction<String> pending = subject -> pendingBytes;

  public RecordingHub(int maxPayloadBytes) {
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** Delivers to every subscription whose last two tokens are those of the subject. */
  public void deliver(String subject, String replyTo, String payload) {
    deliver(subject, replyTo, payload.getBytes(StandardCharsets.UTF_8));
  }

  public void deliver(String subject, String replyTo, byte[] payload) {
    String pattern = "*" + subject.substring(subject.indexOf('.'));
    boolean delivered = false;
    for (Subscribed s : subscribed) {
      if (s.subject().equals(pattern)) {
        s.handler().handle(new Delivered(subject, replyTo, payload));
        delivered = true;
      }
    }
    if (!delivered) {
      throw new AssertionError("nobody listens on " + subject);
    }
  }

  public Published next() throws InterruptedException {
    Published next = published.poll(1, TimeUnit.MINUTES);
    if (next == null) {
      throw new AssertionError("nothing was published");
    }
    return next;
  }

  @Override
  public Subscription subscribe(String subject, String queueGroup, MessageHandler handler) {
    Subscribed s = new Subscribed(subject, handler);
    subscribed.add(s);
    return () -> subscribed.remove(s);
  }

  @Override
  public void publish(String subject, String replyTo, Headers headers, byte[] payload) {
    if (payload.length > maxPayloadBytes) {
      throw new IllegalArgumentException("payload of " + payload.length + " bytes");
    }
    published.add(new Published(subject, new String(payload, StandardCharsets.UTF_8)));
  }

  @Override
  public boolean hasInterest(String subject) {
    return published.size() < listensFor && !left.contains(subject);
  }

  @Override
  public long pendingBytes(String subject) {
    return pending.applyAsLong(subject);
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
