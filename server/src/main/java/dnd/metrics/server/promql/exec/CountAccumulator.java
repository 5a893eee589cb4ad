package dnd.metrics.server.promql.exec;

/** {@code count}, and {@code group}, which is 1 where that is not 0. */
final class CountAccumulator implements GroupAccumulator {
  private final boolean onlyPresence;
  private final int[] counts;

  CountAccumulator(AggregateCall call, boolean onlyPresence) {
    this.onlyPresence = onlyPresence;
    counts = new int[call.steps()];
  }

  @Override
  public void add(StepSeries series) {
    if (series.histograms == null) {
      double[] values = series.values;
      for (int i = 0; i < counts.length; i++) {
        counts[i] += Absent.is(values[i]) ? 0 : 1;
      }
      return;
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += series.has(i) ? 1 : 0;
    }
  }

  @Override
  public void finish(StepSeries out) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        out.values[i] = onlyPresence ? 1 : counts[i];
      }
    }
  }
}
