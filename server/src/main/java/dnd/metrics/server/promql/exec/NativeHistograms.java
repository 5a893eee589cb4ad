package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;

/** Arithmetic on native histograms. (Follows with the model's.) */
final class NativeHistograms {
  private NativeHistograms() {}

  static QueryException missing() {
    return QueryException.execution("native histograms are not evaluated yet");
  }

  static Histogram multiply(Histogram h, double by) {
    if (by == 1) {
      return h;
    }
    throw missing();
  }

  static Histogram divide(Histogram h, double by) {
    if (by == 1) {
      return h;
    }
    throw missing();
  }

  static boolean detectReset(Histogram now, Histogram before) {
    if (now == before) {
      return false;
    }
    throw missing();
  }
}
