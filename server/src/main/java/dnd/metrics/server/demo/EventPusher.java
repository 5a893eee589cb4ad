package dnd.metrics.server.demo;

import dnd.metrics.events.CollectedEvent;
import dnd.metrics.events.Envelope;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.PushEvent;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes the events of one sender over its own connection, each until it is acknowledged: a retry
 * has the same id, so that nothing is counted twice.
 */
final class EventPusher {
  private static final Logger LOG = LoggerFactory.getLogger(EventPusher.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Connection connection;
  private volatile boolean closed;

  EventPusher(Connection connection) {
    this.connection = connection;
  }

  /** Returns once the event is acknowledged or refused, or the pusher closed. */
  void push(PushEvent event) throws InterruptedException {
    Headers headers = new Headers().add("Nats-Msg-Id", event.id());
    byte[] json = event.toJson();
    while (!closed) {
      Message reply;
      try {
        reply = connection.request(event.subject(), headers, json, PATIENCE);
      } catch (IllegalStateException e) {
        if (!closed) {
          LOG.warn("{} is not connected any more: {}", event.service(), e.getMessage());
        }
        return;
      }
      if (reply != null && !reply.isStatusMessage()) {
        check(event, reply);
        return;
      }
      if (!closed) {
        LOG.debug("{} gets no answer; it tries again", event.subject());
        Thread.sleep(200);
      }
    }
  }

  private static void check(PushEvent event, Message reply) {
    try {
      CollectedEvent collected =
          CollectedEvent.from(Envelope.read(reply.getData(), 0, reply.getData().length));
      if (!collected.rejected().isEmpty()) {
        LOG.warn("{}: {} rejected", event.subject(), collected.rejected());
      }
    } catch (InvalidEventException e) {
      LOG.warn(
          "{} was not collected: {}",
          event.subject(),
          new String(reply.getData(), java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** Ends the retries and the connection. */
  void close() throws InterruptedException {
    closed = true;
    connection.close();
  }
}
