package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/**
 * {@code avg}: Kahan's sum over the count, and from where the sum would overflow a running mean. Of
 * histograms likewise; nothing where floats and histograms come together.
 */
final class AverageAccumulator implements GroupAccumulator {
  private final AggregateCall call;
  private final double[] sums;
  private final double[] compensations;
  private final int[] counts;

  /** Where it is there and set, the sum holds the running mean. */
  private boolean @Nullable [] running;

  private @Nullable HistogramGroup histograms;

  AverageAccumulator(AggregateCall call) {
    this.call = call;
    sums = call.context().absentArray(call.steps());
    compensations = call.context().array(call.steps());
    counts = new int[call.steps()];
  }

  @Override
  public void add(StepSeries series) {
    double[] values = series.values;
    int steps = call.steps();
    for (int i = 0; i < steps; i++) {
      double v = values[i];
      if (Double.isNaN(v) && Absent.is(v)) {
        continue;
      }
      int count = ++counts[i];
      double sum = sums[i];
      if (count == 1) {
        sums[i] = v;
        compensations[i] = 0;
        continue;
      }
      double t = sum + v;
      if (Double.isInfinite(t) || (running != null && running[i])) {
        addToMean(i, v, count);
        continue;
      }
      double virtual = t - sum;
      compensations[i] += (sum - (t - virtual)) + (v - virtual);
      sums[i] = t;
    }
    if (series.histograms != null) {
      if (histograms == null) {
        histograms = new HistogramGroup(call, true);
      }
      histograms.add(series);
    }
  }

  private void addToMean(int i, double v, int count) {
    if (running == null) {
      running = new boolean[call.steps()];
    }
    if (!running[i]) {
      running[i] = true;
      sums[i] /= count - 1;
      compensations[i] /= count - 1;
    }
    double share = (count - 1.0) / count;
    KahanSum mean = new KahanSum();
    mean.sum = share * sums[i];
    mean.compensation = share * compensations[i];
    mean.add(v / count);
    sums[i] = mean.sum;
    compensations[i] = mean.compensation;
  }

  @Override
  public void finish(StepSeries out) {
    for (int i = 0; i < call.steps(); i++) {
      if (counts[i] == 0) {
        continue;
      }
      if (running != null && running[i]) {
        out.values[i] = sums[i] + compensations[i];
      } else {
        out.values[i] = sums[i] / counts[i] + compensations[i] / counts[i];
      }
    }
    if (histograms != null) {
      histograms.finish(out);
    }
    call.context().release(sums);
    call.context().release(compensations);
  }
}
