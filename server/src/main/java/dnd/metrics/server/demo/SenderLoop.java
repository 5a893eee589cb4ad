package dnd.metrics.server.demo;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one sender push at regular intervals, on a virtual thread of its own, until it is closed.
 */
final class SenderLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SenderLoop.class);
  private static final Duration LAST_PUSH = Duration.ofMillis(500);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final EventPusher pusher;
  private final Thread thread;

  /** What a sender does in its turn. */
  @FunctionalInterface
  interface Turn {
    void push(EventPusher pusher, long nowMillis) throws InterruptedException;
  }

  /**
   * Begins at once.
   *
   * @param name for the thread and the log
   * @param first what comes before the turns, such as a history
   */
  SenderLoop(
      String name,
      EventPusher pusher,
      Duration interval,
      InstantSource clock,
      Turn first,
      Turn turn) {
    this.pusher = pusher;
    this.thread =
        Thread.ofVirtual()
            .name("demo-" + name)
            .start(() -> {
              try {
                first.push(pusher, clock.millis());
                while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                  turn.push(pusher, clock.millis());
                }
              } catch (InterruptedException e) {
                LOG.debug("{} was interrupted", name);
              } catch (RuntimeException e) {
                LOG.error("the demo's sender {} has ended", name, e);
              }
            });
  }

  /** Lets a push that has begun get its answer, then closes the connection. */
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!thread.join(LAST_PUSH)) {
        thread.interrupt();
      }
      pusher.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
