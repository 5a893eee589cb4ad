package dnd.metrics.client;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Message Hub as a client needs it. A jnats {@code Connection} is one through {@link JnatsHub};
 * anything else with these three methods will do. Safe for use by several threads.
 */
public interface MessageHub {
  /**
   * Publishes without waiting.
   *
   * @param replyTo where answers are to go, or null
   * @throws MetricsException.HubUnavailable where the hub cannot take it now
   */
  void publish(String subject, @Nullable String replyTo, byte[] payload);

  /**
   * Hands every message on {@code subject} (which may have wildcards) to {@code handler}, one after
   * the other, on a thread that other subscriptions do not wait for, until it is closed.
   */
  HubSubscription subscribe(String subject, Consumer<HubMessage> handler);

  /**
   * Publishes and waits for the first answer, in the background. The future fails with {@link
   * MetricsException.HubUnavailable} where the hub is away or nobody listens, and with {@link
   * MetricsException.TimedOut} after {@code timeout}.
   */
  CompletableFuture<byte[]> request(
      String subject, Map<String, String> headers, byte[] payload, Duration timeout);

  /** The largest payload that the hub takes. */
  default long maxPayloadBytes() {
    return 1 << 20;
  }

  /** A subject of its own for answers. */
  default String newInbox() {
    return "_INBOX." + UUID.randomUUID().toString().replace("-", "");
  }

  /** Runs {@code action} each time the hub is back after it was away. */
  default void onReconnect(Runnable action) {}
}
