package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.MessageHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The Message Hub inside the service: a server of the NATS client protocol, which every official
 * NATS client can talk to. It keeps no messages and forms no clusters. Safe for use by several
 * threads. Signatures so far; the bodies follow.
 */
@SuppressWarnings("DoNotCallSuggester") // until the bodies are there
public final class EmbeddedHub implements Hub {
  private EmbeddedHub() {}

  /**
   * Opens the port and begins to serve.
   *
   * @throws HubStartException where the address cannot be listened on, credentials are missing for
   *     an address beyond the loopback, or the TLS files cannot be used
   */
  public static EmbeddedHub start(HubOptions options) throws HubStartException {
    throw new HubStartException("the hub is not written yet: " + options);
  }

  /** Where it listens, with the port that was really taken. */
  public InetSocketAddress address() {
    throw new UnsupportedOperationException();
  }

  /** {@code nats://host:port}, or {@code tls://host:port}. */
  public String url() {
    throw new UnsupportedOperationException();
  }

  public HubStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  /**
   * The first half of {@link #close}: tells the clients that the hub closes, takes in nothing more,
   * and returns when no handler runs. What is published afterwards is still sent. So the service
   * can finish what it has begun and acknowledge it.
   */
  public void drain() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Subscription subscribe(
      String subject, @Nullable String queueGroup, MessageHandler handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void publishTogether(Runnable publications) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasInterest(String subject) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int maxPayloadBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
