package dnd.metrics.server.hub;

import org.jspecify.annotations.Nullable;

/**
 * The Message Hub as the service sees it. Subjects, wildcards ({@code *}, {@code >}) and queue
 * groups mean what they mean in NATS. Safe for use by several threads.
 */
public interface Hub extends AutoCloseable {
  /**
   * Calls {@code handler} for each message on a subject that matches {@code subject}. With a queue
   * group, one member of the group gets each message. Messages of one publishing connection arrive
   * in the order it published them; messages of different connections may arrive at the same time
   * on different threads.
   */
  Subscription subscribe(String subject, @Nullable String queueGroup, MessageHandler handler);

  /**
   * Publishes; returns once the hub has taken the message over, without waiting for receivers. The
   * payload may be reused after the call.
   *
   * @throws IllegalArgumentException where the subject is not valid or the payload larger than
   *     {@link #maxPayloadBytes}
   */
  void publish(String subject, @Nullable String replyTo, Headers headers, byte[] payload);

  /**
   * Runs {@code publications} on this thread and lets go what it published afterwards, with one
   * wake-up for each receiver rather than one for each message. For many replies at once; what it
   * throws is thrown on, after what was published before has been let go.
   */
  default void publishTogether(Runnable publications) {
    publications.run();
  }

  /**
   * Lets go now what this thread holds back, so that who is to get it does not wait for what the
   * thread is about to wait for. A handler holds back what it publishes, and what the same client
   * published before the message it handles; before it waits for anything it calls this.
   */
  default void letGo() {}

  /**
   * Whether a message on {@code subject} would reach anybody now; true where the hub cannot know.
   */
  boolean hasInterest(String subject);

  /**
   * How many bytes wait for the slowest reader of those who would get a message on {@code subject};
   * 0 where the hub cannot know. Who sends much at once waits until this is small: a reader for
   * whom too much waits is cut off.
   */
  default long pendingBytes(String subject) {
    return 0;
  }

  int maxPayloadBytes();

  /** Stops deliveries, lets handlers that run finish, and leaves the hub. */
  @Override
  void close();

  /** A subscription; closing it ends the deliveries. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
