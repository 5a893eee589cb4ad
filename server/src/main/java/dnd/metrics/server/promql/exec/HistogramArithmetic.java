package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.HistogramSum;
import dnd.metrics.server.promql.exec.Annotation.HistogramOperation;
import dnd.metrics.server.promql.parse.PositionRange;
import org.jspecify.annotations.Nullable;

/**
 * Adds and subtracts the native histograms of one metric, saying in annotations what did not go
 * smoothly. Conflicting reset hints are not its business.
 */
final class HistogramArithmetic {
  private final AnnotationCollector annotations;
  private final String metricName;
  private final PositionRange position;

  HistogramArithmetic(AnnotationCollector annotations, String metricName, PositionRange position) {
    this.annotations = annotations;
    this.metricName = metricName;
    this.position = position;
  }

  /** {@code a - b}, or null where their buckets do not go together. */
  @Nullable Histogram subtract(Histogram a, Histogram b) {
    HistogramSum sum = HistogramSum.plain(a);
    return subtractFrom(sum, b) ? sum.result() : null;
  }

  /** Returns false where the buckets do not go together. */
  boolean subtractFrom(HistogramSum sum, Histogram term) {
    if (!sum.accepts(term)) {
      incompatible();
      return false;
    }
    if (sum.subtract(term)) {
      reconciled(HistogramOperation.SUBTRACTION);
    }
    return true;
  }

  /** Returns false where the buckets do not go together. */
  boolean addTo(HistogramSum sum, Histogram term) {
    if (!sum.accepts(term)) {
      incompatible();
      return false;
    }
    if (sum.add(term)) {
      reconciled(HistogramOperation.ADDITION);
    }
    return true;
  }

  void incompatible() {
    annotations.add(Annotation.mixedExponentialCustom(metricName, position));
  }

  private void reconciled(HistogramOperation operation) {
    annotations.add(Annotation.mismatchedCustomBuckets(operation, position));
  }
}
