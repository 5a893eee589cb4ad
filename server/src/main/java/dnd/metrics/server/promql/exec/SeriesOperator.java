package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/**
 * Streams the series of an instant vector, each over all steps of one grid. Every label set comes
 * once (with delayed name removal: counting the name). Not to be called again after it returned
 * null. For one thread.
 */
interface SeriesOperator {
  /**
   * The next series, which becomes the caller's own, or null when there are no more. A series may
   * turn out to be without any sample.
   */
  @Nullable StepSeries next();
}
