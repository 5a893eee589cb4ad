package dnd.metrics.client;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A jnats {@link Connection} as Message Hub. While the connection is away nothing is handed to it:
 * what it would keep for later is kept once, by the client.
 */
public final class JnatsHub implements MessageHub {
  private static final int NO_RESPONDERS = 503;

  private final Connection connection;

  public JnatsHub(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void publish(String subject, @Nullable String replyTo, byte[] payload) {
    MetricsException.HubUnavailable away = away();
    if (away != null) {
      throw away;
    }
    try {
      connection.publish(subject, replyTo, payload);
    } catch (IllegalStateException e) {
      throw new MetricsException.HubUnavailable("the hub cannot take " + subject, e);
    }
  }

  @Override
  public HubSubscription subscribe(String subject, Consumer<HubMessage> handler) {
    try {
      Dispatcher dispatcher = connection.createDispatcher();
      dispatcher.subscribe(subject, message -> handler.accept(read(message)));
      return () -> close(dispatcher);
    } catch (IllegalStateException e) {
      throw new MetricsException.HubUnavailable("cannot subscribe to " + subject, e);
    }
  }

  private void close(Dispatcher dispatcher) {
    try {
      if (dispatcher.isActive()) {
        connection.closeDispatcher(dispatcher);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      // The connection was closed meanwhile, and the dispatcher with it.
    }
  }

  private static HubMessage read(Message message) {
    byte[] payload = message.getData();
    boolean noResponders =
        message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS;
    return new HubMessage(
        message.getSubject(), payload == null ? new byte[0] : payload, noResponders);
  }

  @Override
  public CompletableFuture<byte[]> request(
      String subject, Map<String, String> headers, byte[] payload, Duration timeout) {
    MetricsException.HubUnavailable away = away();
    if (away != null) {
      return CompletableFuture.failedFuture(away);
    }
    Headers natsHeaders = new Headers();
    headers.forEach(natsHeaders::put);
    try {
      return connection
          .requestWithTimeout(subject, natsHeaders, payload, timeout)
          .handle((message, failure) -> payload(subject, timeout, message, failure));
    } catch (IllegalStateException | IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new MetricsException.HubUnavailable("the hub cannot take " + subject, e));
    }
  }

  private static byte[] payload(
      String subject, Duration timeout, @Nullable Message message, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (cause instanceof TimeoutException) {
        throw new MetricsException.TimedOut("no answer to " + subject + " within " + timeout);
      }
      if (cause instanceof CancellationException) {
        throw new MetricsException.HubUnavailable("nobody answers " + subject, cause);
      }
      throw new MetricsException.HubUnavailable("no answer to " + subject, cause);
    }
    if (message == null || (message.isStatusMessage() && message.getData() == null)) {
      throw new MetricsException.HubUnavailable("nobody answers " + subject, null);
    }
    return message.getData();
  }

  private MetricsException.@Nullable HubUnavailable away() {
    Connection.Status status = connection.getStatus();
    return status == Connection.Status.CONNECTED
        ? null
        : new MetricsException.HubUnavailable("the hub's connection is " + status, null);
  }

  @Override
  public long maxPayloadBytes() {
    long max = connection.getMaxPayload();
    return max > 0 ? max : MessageHub.super.maxPayloadBytes();
  }

  @Override
  public String newInbox() {
    return connection.createInbox();
  }

  @Override
  public void onReconnect(Runnable action) {
    connection.addConnectionListener((changed, event) -> {
      if (event == Events.RESUBSCRIBED) {
        action.run();
      }
    });
  }
}
