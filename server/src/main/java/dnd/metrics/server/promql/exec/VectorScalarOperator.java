package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.BinaryOp;
import org.jspecify.annotations.Nullable;

/** A binary operator between an instant vector and a scalar, series by series, in place. */
final class VectorScalarOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator vector;
  private final ScalarOperator scalar;
  private final boolean scalarIsLeft;
  private final SampleOperation operation;
  private final boolean dropsName;
  private @Nullable StepSeries scalarSeries;
  private final int steps;

  VectorScalarOperator(
      QueryContext context,
      SeriesOperator vector,
      ScalarOperator scalar,
      boolean scalarIsLeft,
      SampleOperation operation,
      BinaryOp op,
      boolean returnBool,
      int steps) {
    this.context = context;
    this.vector = vector;
    this.scalar = scalar;
    this.scalarIsLeft = scalarIsLeft;
    this.operation = operation;
    this.dropsName = returnBool || FloatOperation.changesMetric(op);
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (scalarSeries == null) {
      scalarSeries = new StepSeries(Labels.empty(), false, scalar.values());
      operation.keepLastAnnotations();
    }
    StepSeries series;
    while ((series = vector.next()) != null) {
      context.check();
      if (scalarIsLeft) {
        operation.apply(scalarSeries, series, series, series);
      } else {
        operation.apply(series, scalarSeries, series, series);
      }
      if (!series.isEmpty(steps)) {
        if (dropsName) {
          context.dropName(series);
        }
        return series;
      }
      context.release(series);
    }
    operation.reportLast();
    return null;
  }
}
