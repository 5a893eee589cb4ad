package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Series;
import java.util.List;

/** Where an operator takes its series from: all that a selector finds, unless told which. */
interface SeriesLeaf {
  /** From now on it goes over these series, from the first. */
  void over(List<? extends Series> series);
}
