package dnd.metrics.server.promql.exec;

/** {@code max} and {@code min} of the floats; NaN only counts where there is nothing else. */
final class ExtremeAccumulator implements GroupAccumulator {
  private final AggregateCall call;
  private final boolean max;
  private final double[] extremes;

  ExtremeAccumulator(AggregateCall call, boolean max) {
    this.call = call;
    this.max = max;
    extremes = call.context().absentArray(call.steps());
  }

  @Override
  public void add(StepSeries series) {
    double[] values = series.values;
    for (int i = 0; i < call.steps(); i++) {
      double v = values[i];
      double extreme = extremes[i];
      if (max ? extreme < v : extreme > v) {
        extremes[i] = v;
      } else if (Double.isNaN(extreme) && !Absent.is(v)) {
        extremes[i] = v;
      }
    }
    if (series.hasHistograms(call.steps())) {
      call.annotateIgnored(max ? "max" : "min");
    }
  }

  @Override
  public void finish(StepSeries out) {
    System.arraycopy(extremes, 0, out.values, 0, call.steps());
    call.context().release(extremes);
  }
}
