package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import dnd.metrics.server.promql.exec.Annotation.HistogramOperation;
import org.jspecify.annotations.Nullable;

/** {@code sum_over_time} and {@code avg_over_time} over windows of native histograms. */
final class HistogramSums {
  private final RangeCall call;
  private final boolean average;

  HistogramSums(RangeCall call, boolean average) {
    this.call = call;
    this.average = average;
  }

  /**
   * Of the histograms from {@code from} until before {@code to}, of which there is one at least.
   */
  @Nullable Histogram evaluate(RangeSamples samples, int from, int to) {
    HistogramSum sum = add(samples, from, to);
    if (sum == null) {
      call.annotate(Annotation.mixedExponentialCustom(samples.metricName(), call.firstArgument()));
      return null;
    }
    if (average && sum.hasOverflow()) {
      sum = runningMean(samples, from, to);
    } else if (average) {
      sum.divide(to - from);
    }
    if (sum.sawBothHints()) {
      call.annotate(
          Annotation.counterResetCollision(HistogramOperation.AGGREGATION, call.firstArgument()));
    }
    if (sum.boundsReconciled()) {
      call.annotate(
          Annotation.mismatchedCustomBuckets(HistogramOperation.AGGREGATION, call.firstArgument()));
    }
    return sum.result();
  }

  private static @Nullable HistogramSum add(RangeSamples samples, int from, int to) {
    HistogramSum sum = HistogramSum.compensated(samples.histogramValues[from]);
    for (int k = from + 1; k < to; k++) {
      Histogram term = samples.histogramValues[k];
      if (!sum.accepts(term)) {
        return null;
      }
      sum.add(term);
    }
    return sum;
  }

  /** The mean where the sum overflows: from the term on that would do so, kept as a mean. */
  private static HistogramSum runningMean(RangeSamples samples, int from, int to) {
    HistogramSum sum = HistogramSum.compensated(samples.histogramValues[from]);
    boolean isMean = false;
    for (int k = from + 1; k < to; k++) {
      Histogram term = samples.histogramValues[k];
      double count = k - from + 1;
      if (!isMean) {
        HistogramSum longer = sum.copy();
        longer.add(term);
        if (!longer.hasOverflow()) {
          sum = longer;
          continue;
        }
        isMean = true;
        sum.divide(count - 1);
      }
      sum.multiply((count - 1) / count);
      sum.add(term.dividedBy(count));
    }
    if (!isMean) {
      sum.divide(to - from);
    }
    return sum;
  }
}
