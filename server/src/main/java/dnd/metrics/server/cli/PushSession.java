package dnd.metrics.server.cli;

import dnd.metrics.server.terminal.NotJsonException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;

/**
 * Sends events, a few of them at a time, and counts what is said to them. Rejections go to stderr
 * as they come. For one thread.
 */
final class PushSession {
  private static final int IN_FLIGHT = 32;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HubLink link;
  private final String inbox;
  private final Subscription replies;
  private int waitingFor;
  private long collected;
  private long rejected;

  PushSession(HubLink link) {
    this.link = link;
    this.inbox = link.inbox();
    this.replies = link.subscribe(inbox);
  }

  /** Sends one event; waits where too many are unanswered. */
  void send(String subject, byte[] event) throws CommandFailedException, InterruptedException {
    while (waitingFor >= IN_FLIGHT) {
      receive();
    }
    if (event.length > link.maxPayloadBytes()) {
      throw new CommandFailedException(
          "an event of "
              + event.length
              + " bytes is larger than the hub takes ("
              + link.maxPayloadBytes()
              + ")");
    }
    link.publish(subject, inbox, event);
    waitingFor++;
  }

  /** Waits until every event is answered. */
  void finish() throws CommandFailedException, InterruptedException {
    while (waitingFor > 0) {
      receive();
    }
  }

  long collected() {
    return collected;
  }

  long rejected() {
    return rejected;
  }

  private void receive() throws CommandFailedException, InterruptedException {
    Message reply = link.next(replies, PATIENCE);
    if (reply == null) {
      throw new CommandFailedException(
          waitingFor
              + (waitingFor == 1 ? " event was" : " events were")
              + " not answered within "
              + PATIENCE.toSeconds()
              + " s; whether they were collected is not known");
    }
    waitingFor--;
    try {
      PushReceipt receipt = PushReceipt.of(reply.getData());
      collected += receipt.count();
      rejected += receipt.rejected().size();
      receipt.rejected().forEach(line -> System.err.println("rejected: " + line));
    } catch (NotJsonException e) {
      throw new CommandFailedException("the reply cannot be read: " + e.getMessage(), e);
    }
  }
}
