package dnd.metrics.server.promql.exec;

/** Streams the series of a range vector. For one thread. */
interface RangeSource {
  /**
   * Replaces what {@code into} holds by the next series.
   *
   * @return false when there are no more
   */
  boolean next(RangeSamples into);
}
