package dnd.metrics.server.head;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;

/**
 * One series in memory. Its sender writes, within a {@link SenderBatch}; anybody reads, at any time
 * and without a lock.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class HeadSeries implements Series {
  private final Labels labels;

  HeadSeries(Labels labels) {
    this.labels = labels;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  /** Whether it has no sample yet. For the sender's thread, within a batch. */
  public boolean isEmpty() {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether it may still be appended to. A sender's side that keeps series from batch to batch asks
   * this first, within the batch; a series that is not live is to be resolved anew.
   */
  public boolean isLive() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    throw new UnsupportedOperationException();
  }
}
