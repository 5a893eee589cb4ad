package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.PositionRange;
import dnd.metrics.server.promql.plan.StepGrid;

/**
 * What a range function's call gives it besides the samples.
 *
 * @param steps the times at which it is evaluated
 * @param scalars the values of its scalar arguments, in order, a value a step
 * @param firstArgument where its first argument stands, which annotations name
 * @param allArguments where all its arguments stand
 */
@SuppressWarnings("ArrayRecordComponent") // step arrays; nobody compares calls
record RangeCall(
    QueryContext context,
    StepGrid steps,
    double[][] scalars,
    PositionRange firstArgument,
    PositionRange allArguments) {

  void annotate(Annotation annotation) {
    context.annotations.add(annotation);
  }
}
