package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import dnd.metrics.server.promql.exec.Annotation.HistogramOperation;

/** The native histograms of one group of {@code sum} or {@code avg}, added up step by step. */
final class HistogramGroup {
  private final AggregateCall call;
  private final boolean average;
  private final HistogramSum[] sums;
  private final int[] counts;
  private final boolean[] isMean;
  private final boolean[] incompatible;
  private long countedBytes;

  HistogramGroup(AggregateCall call, boolean average) {
    this.call = call;
    this.average = average;
    sums = new HistogramSum[call.steps()];
    counts = new int[call.steps()];
    isMean = new boolean[call.steps()];
    incompatible = new boolean[call.steps()];
    count(64 + 10L * call.steps());
  }

  void add(StepSeries series) {
    for (int i = 0; i < call.steps(); i++) {
      Histogram histogram = series.histogram(i);
      if (histogram == null || incompatible[i]) {
        continue;
      }
      counts[i]++;
      if (sums[i] == null) {
        sums[i] = HistogramSum.compensated(histogram);
        count(2L * histogram.heapBytes()); // the sums, and what they lost by rounding
      } else if (!sums[i].accepts(histogram)) {
        incompatible[i] = true;
        call.annotate(
            Annotation.mixedExponentialCustom(series.labels().metricName(), call.argument()));
      } else {
        add(i, histogram);
      }
    }
  }

  private void count(long bytes) {
    call.context().memory.reserve(bytes, 0);
    countedBytes += bytes;
  }

  private void add(int i, Histogram histogram) {
    if (!average) {
      sums[i].add(histogram);
      return;
    }
    double count = counts[i];
    if (!isMean[i]) {
      HistogramSum longer = sums[i].copy();
      longer.add(histogram);
      if (!longer.hasOverflow()) {
        sums[i] = longer;
        return;
      }
      isMean[i] = true;
      sums[i].divide(count - 1);
    }
    sums[i].multiply((count - 1) / count);
    sums[i].add(histogram.dividedBy(count));
  }

  /**
   * Sets the sums beside the floats that {@code out} has; where both are there, nothing is left.
   */
  void finish(StepSeries out) {
    for (int i = 0; i < call.steps(); i++) {
      HistogramSum sum = sums[i];
      if (sum == null) {
        continue;
      }
      if (out.hasFloat(i)) {
        call.annotate(Annotation.mixedFloatsHistogramsAggregation(call.argument()));
        out.setAbsent(i);
        continue;
      }
      if (incompatible[i]) {
        continue;
      }
      if (average && !isMean[i]) {
        sum.divide(counts[i]);
      }
      out.setHistogram(i, sum.result().compact());
      if (sum.sawBothHints()) {
        call.annotate(
            Annotation.counterResetCollision(HistogramOperation.AGGREGATION, call.argument()));
      }
      if (sum.boundsReconciled()) {
        call.annotate(
            Annotation.mismatchedCustomBuckets(HistogramOperation.AGGREGATION, call.argument()));
      }
    }
    call.context().count(out);
    call.context().memory.release(countedBytes, 0);
    countedBytes = 0;
  }
}
