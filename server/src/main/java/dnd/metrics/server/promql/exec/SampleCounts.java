package dnd.metrics.server.promql.exec;

/** {@code count_over_time}, and {@code present_over_time}, which is 1 where that is not 0. */
final class SampleCounts implements RangeFunction {
  private final boolean onlyPresence;

  SampleCounts(boolean onlyPresence) {
    this.onlyPresence = onlyPresence;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int count = windows.floats(i) + windows.histograms(i);
      if (count > 0) {
        out.values[i] = onlyPresence ? 1 : count;
      }
    }
  }
}
