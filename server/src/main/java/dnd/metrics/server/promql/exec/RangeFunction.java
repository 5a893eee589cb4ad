package dnd.metrics.server.promql.exec;

/**
 * A function over range vectors. It sees all samples of a series and the windows over them at once,
 * so that it can slide rather than start anew at every step. For one thread, and one call of a
 * query.
 */
interface RangeFunction {
  /**
   * Sets the function's value at every step whose window gives it one.
   *
   * @param out a series without samples
   */
  void evaluate(RangeSamples samples, Windows windows, StepSeries out);
}
