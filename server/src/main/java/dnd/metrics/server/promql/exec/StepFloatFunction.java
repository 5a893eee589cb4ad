package dnd.metrics.server.promql.exec;

/** A function of a float that also depends on the step. */
@FunctionalInterface
interface StepFloatFunction {
  /** The value, or {@link Absent} for none. */
  double apply(int step, double value);
}
