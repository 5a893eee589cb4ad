package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/**
 * {@code sum}: at every step Kahan's sum of the floats, or the sum of the histograms; nothing where
 * both come together.
 */
final class SumAccumulator implements GroupAccumulator {
  private final AggregateCall call;
  private final double[] sums;
  private final double[] compensations;
  private @Nullable HistogramGroup histograms;

  SumAccumulator(AggregateCall call) {
    this.call = call;
    sums = call.context().absentArray(call.steps());
    compensations = call.context().array(call.steps());
  }

  @Override
  public void add(StepSeries series) {
    double[] s = sums;
    double[] c = compensations;
    double[] values = series.values;
    int steps = call.steps();
    for (int i = 0; i < steps; i++) {
      double v = values[i];
      double sum = s[i];
      double t = sum + v;
      // NaN covers what is absent on either side; only then need one look closer.
      if (Double.isNaN(t) && (Absent.is(v) || Absent.is(sum))) {
        if (!Absent.is(v)) {
          s[i] = v;
          c[i] = 0;
        }
        continue;
      }
      // The rounding error of the sum, exact whichever of the two is larger.
      double virtual = t - sum;
      c[i] += (sum - (t - virtual)) + (v - virtual);
      s[i] = t;
    }
    if (series.histograms != null) {
      if (histograms == null) {
        histograms = new HistogramGroup(call, false);
      }
      histograms.add(series);
    }
  }

  @Override
  public void finish(StepSeries out) {
    for (int i = 0; i < call.steps(); i++) {
      double sum = sums[i];
      if (!Absent.is(sum)) {
        out.values[i] = Double.isInfinite(sum) || Double.isNaN(sum) ? sum : sum + compensations[i];
      }
    }
    if (histograms != null) {
      histograms.finish(out);
    }
    call.context().release(sums);
    call.context().release(compensations);
  }
}
