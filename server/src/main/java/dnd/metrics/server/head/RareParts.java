package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What most series do not have, apart from them, so that a million of those are smaller. Written
 * and read as {@link HeadSeries} says.
 */
final class RareParts {
  volatile @Nullable RunningValue running;
  volatile @Nullable OutOfOrderSamples outOfOrder;

  /** The newest sample in the chunks where that is a histogram; for the writer. */
  @Nullable Histogram lastHistogram;
}
