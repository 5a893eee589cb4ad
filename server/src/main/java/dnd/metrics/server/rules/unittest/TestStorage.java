package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.test.MemorySource;
import dnd.metrics.server.rules.RuleOutput;
import dnd.metrics.server.rules.template.RealText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one test: those of its series, as time goes on, and those that rules write. As in
 * Prometheus a series takes no sample that is older than its last one, and at the same time only
 * the same value again.
 */
final class TestStorage implements RuleOutput {
  private record Last(long timeMillis, double value, @Nullable Histogram histogram) {}

  private final MemorySource source = new MemorySource();
  private final Map<Labels, Last> last = new HashMap<>();
  private final TestBudget budget;

  /**
   * @param budget for what rules write
   */
  TestStorage(TestBudget budget) {
    this.budget = budget;
  }

  SeriesSource source() {
    return source;
  }

  /** Adds a sample; why it cannot be, or null where it is there. */
  @Nullable String add(
      Labels labels, long timeMillis, double value, @Nullable Histogram histogram) {
    Last known = last.get(labels);
    if (known != null && timeMillis < known.timeMillis) {
      return "out of order sample";
    }
    if (known != null && timeMillis == known.timeMillis) {
      return same(known, value, histogram) ? null : duplicate(known, value, histogram);
    }
    source.append(labels, timeMillis, value, histogram);
    last.put(labels, new Last(timeMillis, value, histogram));
    return null;
  }

  private static boolean same(Last known, double value, @Nullable Histogram histogram) {
    if (histogram != null || known.histogram != null) {
      return histogram != null && histogram.equals(known.histogram);
    }
    return Double.doubleToRawLongBits(known.value) == Double.doubleToRawLongBits(value);
  }

  private static String duplicate(Last known, double value, @Nullable Histogram histogram) {
    String words = "duplicate sample for timestamp";
    if (histogram != null || known.histogram != null || known.timeMillis == 0) {
      return words;
    }
    return words
        + " "
        + known.timeMillis
        + "; overrides not allowed: existing "
        + RealText.format(known.value, 'g', RealText.SHORTEST)
        + ", new value "
        + RealText.format(value, 'g', RealText.SHORTEST);
  }

  @Override
  public Map<Labels, String> write(
      int rule, List<VectorSample> samples, List<Labels> ended, long atMillis) {
    Map<Labels, String> refused = new HashMap<>();
    for (VectorSample sample : samples) {
      String reason = write(sample);
      if (reason != null) {
        refused.put(sample.labels(), reason);
      }
    }
    // Where the marker cannot be written, the series has gone on by another rule's doing.
    for (Labels labels : ended) {
      if (budget.takeValues(1) == null) {
        add(labels, atMillis, StaleMarker.VALUE, null);
      }
    }
    return refused;
  }

  private @Nullable String write(VectorSample sample) {
    Histogram histogram = sample.histogram();
    SequenceValue value =
        histogram == null ? new FloatValue(sample.value()) : new HistogramValue(histogram, false);
    String tooMany = budget.takeValues(value.weight());
    return tooMany == null
        ? add(sample.labels(), sample.timestampMillis(), sample.value(), histogram)
        : tooMany;
  }
}
