package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InFlightTest {
  private static final int MEGABYTE = 1 << 20;

  private final InFlightLimit limit = new InFlightLimit();

  @Test
  void doesNotWaitWhileThereIsRoom() {
    InFlight inFlight = new InFlight(limit, () -> {});
    for (int i = 0; i < 16; i++) {
      inFlight.awaitRoom();
      inFlight.add(MEGABYTE / 16);
    }
    assertThat(inFlight.bytes()).isEqualTo(MEGABYTE);
  }

  @Test
  void thoseWhoHaveMuchInFlightShareWhatThereIs() {
    List<InFlight> connections = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      connections.add(new InFlight(limit, () -> {}));
    }
    assertThat(limit.bytes()).isEqualTo(MEGABYTE);
    connections.forEach(connection -> connection.add(1_000)); // which is little
    assertThat(limit.bytes()).isEqualTo(MEGABYTE);
    connections.subList(0, 8).forEach(connection -> connection.add(100_000));
    connections.subList(0, 8).forEach(connection -> connection.add(1));
    assertThat(limit.bytes()).as("of eight").isEqualTo(MEGABYTE / 4);
    connections.forEach(connection -> connection.add(100_000));
    assertThat(limit.bytes()).as("the least").isEqualTo(MEGABYTE / 16);
    connections.forEach(connection -> connection.remove(100_000));
    assertThat(limit.bytes()).isEqualTo(MEGABYTE / 4);
    connections.subList(1, 8).forEach(connection -> connection.remove(100_000));
    assertThat(limit.bytes()).isEqualTo(MEGABYTE);
  }

  /** One adds, another takes away in order, as the log does: all comes through, never too much. */
  @Test
  @Timeout(180)
  void neverHoldsMoreThanItsLimitAndOneEvent() throws InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    InFlight inFlight = new InFlight(limit, () -> {});
    int largest = 400_000;
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
      assertThat(inFlight.bytes()).as("seed %d", seed).isLessThan(MEGABYTE + largest);
      log.put(size);
    }
    thread.join();
    assertThat(inFlight.bytes()).isZero();
    assertThat(limit.bytes()).isEqualTo(MEGABYTE);
  }

  @Test
  @Timeout(180)
  void whoWaitsLetsGoBefore() throws InterruptedException {
    AtomicInteger letGo = new AtomicInteger();
    InFlight inFlight = new InFlight(limit, letGo::incrementAndGet);
    inFlight.awaitRoom();
    inFlight.add(MEGABYTE);
    assertThat(letGo).as("there was room").hasValue(0);
    Thread waiting = Thread.ofPlatform().start(inFlight::awaitRoom);
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(letGo).hasValue(1);
    inFlight.remove(MEGABYTE);
    waiting.join();
    assertThat(letGo).hasValue(1);
  }

  @Test
  @Timeout(180)
  void anInterruptedThreadWaitsAllTheSame() throws InterruptedException {
    InFlight inFlight = new InFlight(limit, () -> {});
    inFlight.add(MEGABYTE);
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
    inFlight.remove(MEGABYTE);
    waiting.join();
    assertThat(inFlight.bytes()).as("it was interrupted, and waited").isEqualTo(7);
  }
}
