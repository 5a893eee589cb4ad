package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hub and service go away under 1 000 increments a second and come back, as they were or on an
 * empty folder: the totals are exact, nothing is doubled, what waits is bounded, and no call
 * waited. How long they are away is {@code -Doutage.seconds}, by default 4.
 */
@Tag("blackbox")
class OutageTest {
  private static final int SECONDS = Integer.getInteger("outage.seconds", 4);
  private static final int THREADS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final AtomicBoolean counting = new AtomicBoolean(true);
  private final AtomicLong longestNanos = new AtomicLong();
  private final AtomicLong[] counted = {new AtomicLong(), new AtomicLong()};

  private void count(MetricsClient client, int thread) {
    String[] classes = {"wizard", "bard", "cleric"};
    long due = System.nanoTime();
    while (counting.get()) {
      long n = counted[thread].get();
      long begin = System.nanoTime();
      client.incCounter("created_total", Map.of("class", classes[(int) (n % 3)]));
      client.observe("roll", (double) (1 + n % 20));
      long took = System.nanoTime() - begin;
      counted[thread].incrementAndGet();
      longestNanos.accumulateAndGet(took, Math::max);
      due += TimeUnit.SECONDS.toNanos(THREADS) / 1000;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void totalsAreExactAfterAnOutage(boolean onAnEmptyFolder) throws Exception {
    List<DroppedEvent> dropped = new CopyOnWriteArrayList<>();
    List<RejectedMetric> rejected = new CopyOnWriteArrayList<>();
    try (ServiceProcess service = new ServiceProcess(folder.resolve("before"));
        MetricsClient client =
            MetricsClient.connect(
                service.url(),
                MetricsClient.builder()
                    .serviceId("outage_service")
                    .pushInterval(Duration.ofMillis(500))
                    .repeatInterval(Duration.ofSeconds(2))
                    .bufferEvents(3)
                    .onDropped(dropped::add)
                    .onRejected(rejected::add))) {
      client.addCounter("rests_total", 7);
      client.flush(PATIENCE);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        Thread thread = new Thread(() -> count(client, number));
        thread.start();
        threads.add(thread);
      }
      pause(1);
      service.kill();
      pause(SECONDS);
      service.startAgain(folder.resolve(onAnEmptyFolder ? "empty" : "before"));
      pause(3);
      counting.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
      client.flush(PATIENCE);

      long total = counted[0].get() + counted[1].get();
      assertThat(client.query("sum(created_total)").value()).isEqualTo((double) total);
      assertThat(client.query("histogram_count(roll)").value()).isEqualTo((double) total);
      assertThat(client.query("rests_total").value()).isEqualTo(7);
      // More events were made than may wait, and that is told by the client's own counter too.
      client.flush(PATIENCE); // an event dropped while the first flush made its own is told now
      assertThat(dropped).isNotEmpty().allMatch(event -> event.metrics() > 0);
      assertThat(client.query("dnd_metrics_client_dropped_events_total").value())
          .isEqualTo(dropped.size());
      assertThat(rejected).isEmpty();
      assertThat(total).isGreaterThan((long) (SECONDS + 2) * 1000 / 2);
      // An outage is longer; this leaves room for a machine that is busy.
      assertThat(Duration.ofNanos(longestNanos.get())).isLessThan(Duration.ofSeconds(3));
      System.out.printf(
          "%d s away, empty folder %b: %d counted, longest call %.2f ms, %d events dropped%n",
          SECONDS, onAnEmptyFolder, total, longestNanos.get() / 1e6, dropped.size());
    }
  }

  /** An outage lasts as long as it lasts: there is no condition to wait for. */
  private static void pause(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
