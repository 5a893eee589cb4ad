package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SenderLockTest {
  private final SenderLock lock = new SenderLock();

  /** Both threads change it, and only with the lock held. */
  private long count;

  @Test
  @Timeout(180)
  void excludesAndLetsEverybodyIn() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread.ofPlatform()
          .start(() -> {
            for (int n = 0; n < each; n++) {
              lock.lock();
              lock.lock(); // it may be held twice
              count++;
              lock.unlock();
              lock.unlock();
            }
            done.countDown();
          });
    }
    done.await();
    assertThat(count).isEqualTo((long) threads * each);
  }

  /** A thread that releases the lock only to take it again does not keep another one from it. */
  @Test
  @Timeout(180)
  void nobodyIsKeptFromItByAThreadThatTakesItAgainAtOnce() throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    long[] passed = new long[1]; // how often at most it was taken past the one who waits
    Thread taker =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              long last = 0;
              long inARow = 0;
              while (!over.get()) {
                lock.lock();
                inARow = count == last ? inARow : 0;
                last = count;
                inARow += lock.isAwaited() ? 1 : 0;
                passed[0] = Math.max(passed[0], inARow);
                spin(TimeUnit.MICROSECONDS.toNanos(200));
                lock.unlock();
              }
            });
    for (int i = 0; i < 200; i++) {
      lock.lock();
      count++;
      lock.unlock();
    }
    over.set(true);
    taker.join();
    assertThat(passed[0]).as("in a millisecond, 200 µs each").isLessThanOrEqualTo(8);
  }

  private static void spin(long nanos) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }
}
