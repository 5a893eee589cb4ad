package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistogramTest {
  private final ChangedSeries changes = new ChangedSeries(1_000_000, () -> {});
  private final Histogram histogram =
      new SeriesTable(Map.of(), changes, () -> 0).histogram("h", Map.of());

  @Test
  void threadsThatMeetGoOnElsewhere() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread thread =
          new Thread(() -> {
            for (int i = 1; i <= 10_000; i++) {
              histogram.observe(i);
            }
          });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(histogram.count()).isEqualTo(80_000);
    assertThat(histogram.sum()).isEqualTo(8.0 * 10_000 * 10_001 / 2);
  }

  @Test
  void timerObservesOnceAlsoWhereTheActionFails() throws Exception {
    Timer timer = histogram.startTimer();
    timer.close();
    timer.close();
    assertThat(histogram.count()).isEqualTo(1);

    assertThatThrownBy(() ->
            histogram.time(() -> {
              throw new IllegalStateException("fumble");
            }))
        .hasMessage("fumble");
    assertThat(histogram.timed(() -> "crit")).isEqualTo("crit");
    assertThat(histogram.count()).isEqualTo(3);
    assertThat(histogram.sum()).isBetween(0.0, 60.0);
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertThatThrownBy(() -> histogram.observe(Double.NaN))
        .isInstanceOf(MetricsException.InvalidMetric.class)
        .hasMessageContaining("histogram h cannot count NaN");
    assertThat(histogram.count()).isZero();
    assertThat(changes.count()).isZero();
  }
}
