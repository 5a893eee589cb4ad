package dnd.metrics.server.promql.exec;

import java.util.ArrayList;
import java.util.List;

/** {@code quantile}: keeps the series of the group, since it needs all values of a step at once. */
final class QuantileAccumulator implements GroupAccumulator {
  private final AggregateCall call;
  private final double[] quantiles;
  private final List<StepSeries> members = new ArrayList<>();

  /**
   * @param quantiles which quantile, a value a step
   */
  QuantileAccumulator(AggregateCall call, double[] quantiles) {
    this.call = call;
    this.quantiles = quantiles;
  }

  @Override
  public void add(StepSeries series) {
    members.add(series);
    if (series.hasHistograms(call.steps())) {
      call.annotateIgnored("quantile");
    }
  }

  @Override
  public boolean keepsSeries() {
    return true;
  }

  @Override
  public void finish(StepSeries out) {
    double[] sorted = new double[members.size()];
    for (int i = 0; i < call.steps(); i++) {
      int n = 0;
      for (StepSeries member : members) {
        double v = member.values[i];
        if (!Absent.is(v)) {
          sorted[n++] = v;
        }
      }
      if (n > 0) {
        out.values[i] = Quantiles.of(quantiles[i], sorted, n);
      }
      call.context().check();
    }
    members.forEach(call.context()::release);
    members.clear();
  }
}
