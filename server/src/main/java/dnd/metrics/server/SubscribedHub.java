package dnd.metrics.server;

import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.MessageHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hub as the configuration lets the service see it: whoever subscribes to {@code
 * *.metrics.push} gets those senders that the configured patterns name, which may be none, and
 * shares the work in the configured queue group. Safe for use by several threads.
 */
final class SubscribedHub implements Hub {
  private final Hub hub;
  private final Config config;

  SubscribedHub(Hub hub, Config config) {
    this.hub = hub;
    this.config = config;
  }

  /**
   * {@code subject} is one of {@link Subjects#EVENT_TYPES} after {@code "*."}; the other form of a
   * type that has two is heard as well.
   */
  @Override
  public Subscription subscribe(
      String subject, @Nullable String queueGroup, MessageHandler handler) {
    if (!subject.startsWith("*.") || !Subjects.EVENT_TYPES.contains(subject.substring(2))) {
      throw new IllegalArgumentException("not among the subjects of the service: " + subject);
    }
    List<Subscription> subscriptions =
        Subjects.subscriptions(subject.substring(2), config.subjectPatterns()).stream()
            .map(each -> hub.subscribe(each, config.serviceName(), handler))
            .toList();
    return () -> subscriptions.forEach(Subscription::close);
  }

  @Override
  public void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload) {
    hub.publish(subject, replyTo, headers, payload);
  }

  @Override
  public void publishTogether(Runnable publications) {
    hub.publishTogether(publications);
  }

  @Override
  public void letGo() {
    hub.letGo();
  }

  @Override
  public boolean hasInterest(String subject) {
    return hub.hasInterest(subject);
  }

  @Override
  public long pendingBytes(String subject) {
    return hub.pendingBytes(subject);
  }

  @Override
  public int maxPayloadBytes() {
    return hub.maxPayloadBytes();
  }

  @Override
  public void close() {
    hub.close();
  }
}
