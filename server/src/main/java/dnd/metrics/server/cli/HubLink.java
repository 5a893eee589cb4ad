package dnd.metrics.server.cli;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client command's connection to the hub. It does not reconnect: a command that loses the hub
 * says so and ends. For one thread.
 */
final class HubLink implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final int NO_RESPONDERS = 503;

  private final Connection connection;
  private final String shownUrl;

  private HubLink(Connection connection, String shownUrl) {
    this.connection = connection;
    this.shownUrl = shownUrl;
  }

  /** Keeps what jnats would print; failures reach the command as exceptions. */
  private static final class NoPrinting implements ErrorListener {
    @Override
    public void errorOccurred(Connection connection, String error) {}

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {}

    @Override
    public void slowConsumerDetected(Connection connection, io.nats.client.Consumer consumer) {}

    @Override
    public void heartbeatAlarm(
        Connection connection, JetStreamSubscription subscription, long last, long lastConsumer) {}
  }

  /**
   * @throws CommandFailedException with what to do about it where there is no connection
   */
  static HubLink open(String url, String name) throws CommandFailedException, InterruptedException {
    String shown = withoutPassword(url);
    try {
      Options options =
          new Options.Builder()
              .server(url)
              .connectionName("dnd-metrics " + name)
              .connectionTimeout(CONNECT_TIMEOUT)
              .maxReconnects(0)
              .errorListener(new NoPrinting())
              .build();
      return new HubLink(Nats.connect(options), shown);
    } catch (AuthenticationException e) {
      throw new CommandFailedException(
          "the Message Hub at "
              + shown
              + " refuses these credentials; give them with --hub nats://USER:PASSWORD@HOST:PORT",
          e);
    } catch (IOException e) {
      throw new CommandFailedException(
          "no Message Hub at "
              + shown
              + "; start one with './dnd-metrics run' or name another with --hub",
          e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--hub " + shown + " is no address of a hub", e);
    }
  }

  /** The address without its password, which has no place in messages. */
  private static String withoutPassword(String url) {
    try {
      URI uri = new URI(url);
      String user = uri.getRawUserInfo();
      return user == null ? url : url.replace(user + "@", "");
    } catch (URISyntaxException e) {
      return url.replaceAll("//[^/]*@", "//");
    }
  }

  long maxPayloadBytes() {
    return connection.getMaxPayload();
  }

  /** A new subject on which answers come to this connection alone. */
  String inbox() {
    return connection.createInbox();
  }

  Subscription subscribe(String subject) {
    return connection.subscribe(subject);
  }

  /** Hands every message on the subjects to {@code receiver}, on a thread of the connection. */
  void listen(List<String> subjects, Consumer<Message> receiver) throws CommandFailedException {
    Dispatcher dispatcher = connection.createDispatcher();
    for (String subject : subjects) {
      try {
        dispatcher.subscribe(subject, receiver::accept);
      } catch (IllegalArgumentException e) {
        throw new CommandFailedException("\"" + subject + "\" is no subject", e);
      }
    }
  }

  /**
   * @throws CommandFailedException where the hub is gone
   */
  void requireOpen() throws CommandFailedException {
    if (connection.getStatus() != Connection.Status.CONNECTED) {
      throw lost(null);
    }
  }

  void publish(String subject, @Nullable String replyTo, byte[] payload)
      throws CommandFailedException {
    try {
      connection.publish(subject, replyTo, payload);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw lost(e);
    }
  }

  /**
   * Sees to it that all subscriptions are known to the hub.
   *
   * @throws CommandFailedException where the hub refuses one, or is gone
   */
  void flush() throws CommandFailedException, InterruptedException {
    try {
      connection.flush(CONNECT_TIMEOUT);
    } catch (java.util.concurrent.TimeoutException | IllegalStateException e) {
      throw lost(e);
    }
    String error = connection.getLastError();
    if (error != null && !error.isEmpty()) {
      throw new CommandFailedException("the Message Hub says: " + error);
    }
  }

  /**
   * Waits for the next message; null when none came in time.
   *
   * @throws CommandFailedException where the hub is gone, refuses, or nobody answers there
   */
  @Nullable Message next(Subscription subscription, Duration atMost)
      throws CommandFailedException, InterruptedException {
    Message message;
    try {
      message = subscription.nextMessage(atMost);
    } catch (IllegalStateException e) {
      throw lost(e);
    }
    if (message == null) {
      String error = connection.getLastError();
      if (error != null && !error.isEmpty()) {
        throw new CommandFailedException("the Message Hub says: " + error);
      }
      if (connection.getStatus() == Connection.Status.CLOSED) {
        throw lost(null);
      }
      return null;
    }
    if (message.isStatusMessage() && message.getStatus().getCode() == NO_RESPONDERS) {
      throw new CommandFailedException(
          "no metrics service listens on the Message Hub at " + shownUrl);
    }
    return message;
  }

  private CommandFailedException lost(@Nullable Exception cause) {
    String message = "the connection to the Message Hub at " + shownUrl + " was lost";
    return cause == null
        ? new CommandFailedException(message)
        : new CommandFailedException(message, cause);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
