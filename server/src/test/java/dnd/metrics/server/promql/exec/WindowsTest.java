package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.plan.StepGrid;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Windows are those of the series at hand, whatever series came before it. */
class WindowsTest {
  private static final StepGrid GRID = new StepGrid(1_000, 15_000, 50);
  private static final long RANGE_MILLIS = 60_000;
  private static final Histogram HISTOGRAM =
      Histogram.builder().schema(0).count(1).sum(1).zeroCount(1).build();

  private static RangeSamples samples(long first, int floats, int histograms) {
    RangeSamples samples = new RangeSamples();
    samples.reset(Labels.empty(), false);
    for (int k = 0; k < floats; k++) {
      samples.addFloat(first + k * 10_000L, k, 0);
    }
    for (int k = 0; k < histograms; k++) {
      samples.addHistogram(first + 5_000 + k * 10_000L, HISTOGRAM, 0);
    }
    return samples;
  }

  @Test
  void areThoseOfTheSeriesAtHand() {
    Random random = new Random(3);
    Windows windows = new Windows(GRID, RANGE_MILLIS);
    for (int turn = 0; turn < 2_000; turn++) {
      RangeSamples samples =
          samples(
              random.nextInt(3) * 100_000L,
              random.nextInt(3) * 30,
              random.nextInt(3) == 0 ? random.nextInt(20) : 0);
      if (samples.size() == 0) {
        continue;
      }
      windows.slideOver(samples);
      Windows fresh = new Windows(GRID, RANGE_MILLIS);
      fresh.slideOver(samples);
      assertThat(windows.firstStep).isEqualTo(fresh.firstStep);
      assertThat(windows.endStep).isEqualTo(fresh.endStep);
      for (int i = fresh.firstStep; i < fresh.endStep; i++) {
        assertThat(windows.floats(i)).isEqualTo(fresh.floats(i));
        assertThat(windows.histograms(i)).isEqualTo(fresh.histograms(i));
        if (fresh.floats(i) > 0) {
          assertThat(windows.floatFrom[i]).isEqualTo(fresh.floatFrom[i]);
        }
        if (fresh.histograms(i) > 0) {
          assertThat(windows.histogramFrom[i]).isEqualTo(fresh.histogramFrom[i]);
        }
      }
    }
  }
}
