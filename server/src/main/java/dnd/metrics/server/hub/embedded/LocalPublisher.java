package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what the service itself has to say. Safe for use by several threads.
 *
 * <p>{@code places} remembers who is interested in the subjects that are published to again and
 * again; an interest says for which generation of the trie it holds, so a lost race only costs a
 * match.
 */
final class LocalPublisher {
  private static final int PLACES = 1024;

  /** The turn of work that a thread is in: whoever it writes to is woken when the turn ends. */
  private static final ThreadLocal<@Nullable WakeUps> TURN = new ThreadLocal<>();

  private record Known(String subject, Interest interest) {}

  private final SubscriptionTrie subscriptions;
  private final HubCounters counters;
  private final int maxPayloadBytes;
  private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(PLACES);

  LocalPublisher(SubscriptionTrie subscriptions, HubCounters counters, int maxPayloadBytes) {
    this.subscriptions = subscriptions;
    this.counters = counters;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    String wire = WireText.ofText(subject);
    if (!SubjectPattern.isLiteral(wire)) {
      throw new IllegalArgumentException("not a subject to publish to: \"" + subject + "\"");
    }
    byte[] headerBlock = HeaderBlock.encode(headers);
    if (headerBlock.length + payload.length > maxPayloadBytes) {
      throw new IllegalArgumentException(
          "a message of %d bytes is larger than the hub's max_payload of %d bytes"
              .formatted(headerBlock.length + payload.length, maxPayloadBytes));
    }
    byte[] replyBytes = Publication.NOTHING;
    if (replyTo != null) {
      String wireReply = WireText.ofText(replyTo);
      if (!SubjectPattern.isLiteral(wireReply)) {
        throw new IllegalArgumentException("not a subject to reply to: \"" + replyTo + "\"");
      }
      replyBytes = WireText.toBytes(wireReply);
    }
    counters.localPublished.increment();
    Interest interest = interest(wire);
    if (interest.isEmpty()) {
      return;
    }
    WakeUps outer = TURN.get();
    WakeUps wakeUps = outer == null ? new WakeUps() : outer;
    Publication publication = new Publication(null, wakeUps);
    publication.subject = wire;
    publication.subjectBuffer = WireText.toBytes(wire);
    publication.subjectTo = publication.subjectBuffer.length;
    publication.replyBuffer = replyBytes;
    publication.replyTo = replyBytes.length;
    publication.headerBuffer = headerBlock;
    publication.headerTo = headerBlock.length;
    publication.payloadBuffer = payload;
    publication.payloadTo = payload.length;
    Router.route(interest, publication);
    if (outer == null) {
      wakeUps.wakeAll();
    }
  }

  boolean hasInterest(String subject) {
    return !interest(WireText.ofText(subject)).isEmpty();
  }

  /** The most that waits for one of the clients who would get a message on the subject. */
  long pendingBytes(String subject) {
    Interest interest = interest(WireText.ofText(subject));
    long most = 0;
    for (Receiver receiver : interest.plain()) {
      most = Math.max(most, pendingBytes(receiver));
    }
    for (Receiver[] members : interest.groups()) {
      for (Receiver receiver : members) {
        most = Math.max(most, pendingBytes(receiver));
      }
    }
    return most;
  }

  private static long pendingBytes(Receiver receiver) {
    return switch (receiver) {
      case ClientSubscription client -> client.connection.pendingBytes();
      case LocalSubscription local -> 0;
    };
  }

  /** Makes what this thread publishes from now on part of a turn, or of none. */
  void enterTurn(WakeUps wakeUps) {
    TURN.set(wakeUps);
  }

  void leaveTurn() {
    TURN.remove();
  }

  void publishTogether(Runnable publications) {
    if (TURN.get() != null) {
      publications.run();
      return;
    }
    WakeUps wakeUps = new WakeUps();
    TURN.set(wakeUps);
    try {
      publications.run();
    } finally {
      TURN.remove();
      wakeUps.wakeAll();
    }
  }

  /** Wakes now whom this thread has written to in its turn, if it is in one. */
  void letGo() {
    WakeUps turn = TURN.get();
    if (turn != null) {
      turn.wakeAll();
    }
  }

  private Interest interest(String wire) {
    int hash = wire.hashCode();
    int place = (hash ^ hash >>> 10 ^ hash >>> 20) & (PLACES - 1);
    Known known = places.get(place);
    if (known != null
        && known.interest.generation() == subscriptions.generation()
        && known.subject.equals(wire)) {
      return known.interest;
    }
    Interest interest = subscriptions.match(wire);
    places.set(place, new Known(wire, interest));
    return interest;
  }
}
