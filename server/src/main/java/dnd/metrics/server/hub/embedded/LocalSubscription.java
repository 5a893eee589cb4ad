package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import dnd.metrics.server.hub.MessageHandler;
import dnd.metrics.server.upkeep.FailureLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription of the service itself. What a client publishes is handled on that client's reading
 * thread, in place; what the service publishes goes through the {@link LocalDispatcher}, so that
 * publishing does not wait for a handler.
 */
final class LocalSubscription implements Receiver, Hub.Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(LocalSubscription.class);

  private final SubscriptionTrie subscriptions;
  private final LocalDispatcher dispatcher;
  private final HubCounters counters;
  private final String pattern;
  private final @Nullable String queueGroup;
  private final MessageHandler handler;
  private volatile boolean closed;

  LocalSubscription(
      SubscriptionTrie subscriptions,
      LocalDispatcher dispatcher,
      HubCounters counters,
      String pattern,
      @Nullable String queueGroup,
      MessageHandler handler) {
    this.subscriptions = subscriptions;
    this.dispatcher = dispatcher;
    this.counters = counters;
    this.pattern = pattern;
    this.queueGroup = queueGroup;
    this.handler = handler;
  }

  @Override
  public boolean deliver(Publication publication) {
    if (closed) {
      return false;
    }
    if (publication.publisher == null) {
      return dispatcher.enqueue(this, publication);
    }
    handle(inPlace(publication));
    return true;
  }

  void handle(Message message) {
    if (closed) {
      return;
    }
    try {
      counters.localDelivered.increment();
      handler.handle(message);
    } catch (RuntimeException | Error failure) {
      // A handler's mistake must not end the connection whose thread this is.
      FailureLog.say(LOG, "The handler failed on a message on {}", message.subject(), failure);
      counters.handlerFailures.increment();
    }
  }

  @Override
  public void close() {
    closed = true;
    subscriptions.remove(pattern, queueGroup, this);
  }

  static Message inPlace(Publication publication) {
    return new DeliveredMessage(
        WireText.toText(publication.subject),
        replyTo(publication),
        HeaderBlock.decode(publication.headerBuffer, publication.headerFrom, publication.headerTo),
        publication.payloadBuffer,
        publication.payloadFrom,
        publication.payloadLength());
  }

  /** Null also for one that nothing can be published to. */
  private static @Nullable String replyTo(Publication publication) {
    if (publication.replyLength() == 0) {
      return null;
    }
    String wire =
        WireText.ofBytes(publication.replyBuffer, publication.replyFrom, publication.replyTo);
    return SubjectPattern.isLiteral(wire) ? WireText.toText(wire) : null;
  }

  /** A message as a handler sees it; the buffer is the hub's. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody, handed over in place
  record DeliveredMessage(
      String subject,
      @Nullable String replyTo,
      Headers headers,
      byte[] buffer,
      int offset,
      int length)
      implements Message {}
}
