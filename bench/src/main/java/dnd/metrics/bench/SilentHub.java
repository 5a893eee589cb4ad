package dnd.metrics.bench;

import dnd.metrics.client.HubMessage;
import dnd.metrics.client.HubSubscription;
import dnd.metrics.client.MessageHub;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A hub that takes everything and says nothing, for measurements of what comes before it. */
final class SilentHub implements MessageHub {
  @Override
  public void publish(String subject, @Nullable String replyTo, byte[] payload) {}

  @Override
  public HubSubscription subscribe(String subject, Consumer<HubMessage> handler) {
    return () -> {};
  }

  @Override
  public CompletableFuture<byte[]> request(
      String subject, Map<String, String> headers, byte[] payload, Duration timeout) {
    return new CompletableFuture<>();
  }
}
