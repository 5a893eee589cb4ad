package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;

/** Native histograms as Prometheus writes them into labels. (Follows.) */
final class HistogramText {
  private HistogramText() {}

  static String of(Histogram histogram) {
    QueryException missing = NativeHistograms.missing();
    throw missing;
  }
}
