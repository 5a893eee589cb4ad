package dnd.metrics.server.promql.exec;

/** What an aggregation keeps of one group while series come in. For one thread. */
interface GroupAccumulator {
  /** Takes a series in. It stays the caller's own unless {@link #keepsSeries}. */
  void add(StepSeries series);

  /** Sets the group's value at every step that has one. {@code out} has no samples yet. */
  void finish(StepSeries out);

  /** Whether {@link #add} keeps the series it is given. */
  default boolean keepsSeries() {
    return false;
  }

  /** How accumulators come to be, one a group. */
  @FunctionalInterface
  interface Factory {
    GroupAccumulator create();
  }
}
