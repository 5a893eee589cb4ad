package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;

/** Threads that count while another one collects: nothing is lost and nothing is torn. */
class ChangedMarksTest {
  private static final int THREADS = 4;
  private static final int CALLS = 20_000;

  private final ChangedSeries changes = new ChangedSeries(1_000_000, () -> {});
  private final SeriesTable table = new SeriesTable(Map.of(), changes, () -> 0);

  @RepeatedTest(3)
  void lastCollectionHoldsEverything() throws InterruptedException {
    Counter counter = table.counter("c", Map.of());
    Gauge gauge = table.gauge("g", Map.of());
    Histogram histogram = table.histogram("h", Map.of());
    CountDownLatch done = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Thread thread =
          new Thread(() -> {
            for (int i = 0; i < CALLS; i++) {
              counter.inc();
              counter.add(0.5);
              gauge.add(1);
              histogram.observe(2);
            }
            done.countDown();
          });
      threads.add(thread);
      thread.start();
    }
    double collectedCounter = 0;
    double collectedGauge = 0;
    long collectedCount = 0;
    do {
      for (Series series : changes.take()) {
        if (series instanceof Counter) {
          double now = counter.value();
          assertThat(now).isGreaterThanOrEqualTo(collectedCounter);
          collectedCounter = now;
        } else if (series instanceof Gauge) {
          collectedGauge = gauge.value();
        } else {
          dnd.metrics.events.NativeHistogram whole =
              (dnd.metrics.events.NativeHistogram) histogram.collect().histogram();
          assertThat(whole.sum()).isEqualTo(2 * whole.count());
          assertThat((long) whole.count()).isGreaterThanOrEqualTo(collectedCount);
          collectedCount = (long) whole.count();
        }
      }
    } while (done.getCount() > 0 || changes.count() > 0);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(changes.take()).isEmpty();
    assertThat(collectedCounter).isEqualTo(1.5 * THREADS * CALLS);
    assertThat(collectedGauge).isEqualTo(THREADS * CALLS);
    assertThat(collectedCount).isEqualTo(THREADS * CALLS);
  }
}
