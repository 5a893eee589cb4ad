package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InFlightTest {
  @Test
  void doesNotWaitWhileThereIsRoom() {
    InFlight inFlight = new InFlight(100);
    for (int i = 0; i < 10; i++) {
      inFlight.awaitRoom();
      inFlight.add(10);
    }
    assertThat(inFlight.bytes()).isEqualTo(100);
  }

  /** One adds, another takes away in order, as the log does: all comes through, never too much. */
  @Test
  @Timeout(60)
  void neverHoldsMoreThanItsLimitAndOneEvent() throws InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    InFlight inFlight = new InFlight(1_000);
    int largest = 400;
    BlockingQueue<Integer> log = new ArrayBlockingQueue<>(10_000);
    int events = 200_000;
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int i = 0; i < events; i++) {
                  inFlight.remove(log.take());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < events; i++) {
      int size = 1 + random.nextInt(largest);
      inFlight.awaitRoom();
      inFlight.add(size);
      assertThat(inFlight.bytes()).as("seed %d", seed).isLessThan(1_000 + largest);
      log.put(size);
    }
    thread.join();
    assertThat(inFlight.bytes()).isZero();
  }

  @Test
  @Timeout(60)
  void anInterruptedThreadWaitsAllTheSame() throws InterruptedException {
    InFlight inFlight = new InFlight(10);
    inFlight.add(10);
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              inFlight.awaitRoom();
              inFlight.add(Thread.currentThread().isInterrupted() ? 7 : 1);
            });
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    inFlight.remove(10);
    waiting.join();
    assertThat(inFlight.bytes()).as("it was interrupted, and waited").isEqualTo(7);
  }
}
