package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.PositionRange;

/** Arithmetic on native histograms. (Follows with the model's.) */
final class NativeHistograms {
  private NativeHistograms() {}

  static QueryException missing() {
    return QueryException.execution("native histograms are not evaluated yet");
  }

  static double quantile(
      double q,
      Histogram histogram,
      String metricName,
      PositionRange position,
      AnnotationCollector annotations) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    throw missing();
  }

  static double fraction(
      double lower,
      double upper,
      Histogram histogram,
      String metricName,
      PositionRange position,
      AnnotationCollector annotations) {
    if (lower >= upper) {
      return 0;
    }
    throw missing();
  }

  static Histogram trim(Histogram histogram, double bound, boolean keepsBelow) {
    if (keepsBelow && bound == Double.POSITIVE_INFINITY) {
      return histogram;
    }
    throw missing();
  }
}
