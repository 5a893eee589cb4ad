package dnd.metrics.server.promql.exec;

/** (Follows with the model's histogram arithmetic.) */
final class ExtendedHistogramRate {
  ExtendedHistogramRate(RangeCall call, boolean smoothed, boolean isCounter, boolean isRate) {}

  void evaluate(RangeSamples samples, Windows windows, int step, StepSeries out) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
