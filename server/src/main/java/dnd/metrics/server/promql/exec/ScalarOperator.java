package dnd.metrics.server.promql.exec;

/** A number at every step of a grid. */
interface ScalarOperator {
  /** The values, at least as many as there are steps; the caller's own. To be called once. */
  double[] values();
}
