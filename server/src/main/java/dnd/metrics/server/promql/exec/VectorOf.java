package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/** A scalar as a vector of one series without labels. */
final class VectorOf implements SeriesOperator {
  private final ScalarOperator scalar;
  private boolean done;

  VectorOf(ScalarOperator scalar) {
    this.scalar = scalar;
  }

  @Override
  public @Nullable StepSeries next() {
    if (done) {
      return null;
    }
    done = true;
    return new StepSeries(Labels.empty(), false, scalar.values());
  }
}
