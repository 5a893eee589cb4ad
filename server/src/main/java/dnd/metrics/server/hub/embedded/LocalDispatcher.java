package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Message;
import dnd.metrics.server.upkeep.FailureLog;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the service publishes to the service's own handlers: one thread, in the order of
 * publishing. As with a connection, what waits is bounded; a message that finds no room is not
 * delivered, which is logged and counted as a slow consumer.
 *
 * <p>{@code lock} guards the queue; nothing is called while it is held.
 */
final class LocalDispatcher implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalDispatcher.class);

  private sealed interface Work {
    record Delivery(LocalSubscription to, Message message) implements Work {}

    record Task(Runnable task) implements Work {}
  }

  private final HubCounters counters;
  private final long maxPendingBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Work> queue = new ArrayDeque<>();
  private final AtomicLong lost = new AtomicLong();
  private long pendingBytes;
  private boolean closed;
  private @Nullable Thread thread;

  LocalDispatcher(HubCounters counters, long maxPendingBytes) {
    this.counters = counters;
    this.maxPendingBytes = maxPendingBytes;
  }

  void start() {
    thread = Thread.ofPlatform().name("hub-local").daemon().start(this);
  }

  /** Takes a copy of the message; false where there is no room or the hub has closed. */
  boolean enqueue(LocalSubscription subscription, Publication publication) {
    int length = publication.payloadLength();
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      if (pendingBytes + length <= maxPendingBytes) {
        Message inPlace = LocalSubscription.inPlace(publication);
        byte[] copy =
            Arrays.copyOfRange(
                publication.payloadBuffer, publication.payloadFrom, publication.payloadTo);
        pendingBytes += length;
        queue.add(
            new Work.Delivery(
                subscription,
                new LocalSubscription.DeliveredMessage(
                    inPlace.subject(), inPlace.replyTo(), inPlace.headers(), copy, 0, length)));
        changed.signal();
        return true;
      }
    } finally {
      lock.unlock();
    }
    counters.slowConsumers.increment();
    long total = lost.incrementAndGet();
    if (Long.bitCount(total) == 1) { // the 1st, 2nd, 4th, 8th ...
      LOG.warn(
          "Slow consumer: {} messages, the last on {}, were not delivered to the service's own"
              + " handlers, for which {} bytes wait",
          total,
          publication.subject,
          maxPendingBytes);
    }
    return false;
  }

  /** Runs a task of the hub itself on the dispatcher's thread. */
  void run(Runnable task) {
    lock.lock();
    try {
      if (!closed) {
        queue.add(new Work.Task(task));
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    for (Work work = next(); work != null; work = next()) {
      runSafely(work);
    }
  }

  /** What throws must not keep handlers from all that comes behind it. */
  private static void runSafely(Work work) {
    try {
      switch (work) {
        case Work.Delivery(LocalSubscription to, Message message) -> to.handle(message);
        case Work.Task(Runnable task) -> task.run();
      }
    } catch (RuntimeException | Error failure) {
      FailureLog.say(LOG, "A task of the hub failed", failure);
    }
  }

  /** Delivers what is queued, then ends; waits for that unless it is asked from a handler. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running != null && running != Thread.currentThread()) {
      try {
        running.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable Work next() {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (closed) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      Work work = queue.remove();
      if (work instanceof Work.Delivery delivery) {
        pendingBytes -= delivery.message().length();
      }
      return work;
    } finally {
      lock.unlock();
    }
  }
}
