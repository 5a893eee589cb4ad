package dnd.metrics.server.promql.exec;

/** (Follows with the model's histogram arithmetic.) */
final class HistogramGroup {
  HistogramGroup(AggregateCall call, boolean average) {}

  void add(StepSeries series) {
    if (series.histograms != null) {
      throw NativeHistograms.missing();
    }
  }

  void finish(StepSeries out) {
    if (out.histograms != null) {
      throw NativeHistograms.missing();
    }
  }
}
