package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * One event of one sender being applied: samples are in memory, and visible to queries, at once;
 * {@link #commit} puts all of them into the log as one record. Call order: {@link #isDuplicate}
 * first (of a duplicate nothing may be appended, it is only committed); then resolve and append in
 * any order; then commit, once; then close. Closing without a commit logs what was appended,
 * without the event's id, so that memory and log agree. For the thread that began it. Appending
 * allocates nothing.
 */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class SenderBatch implements AutoCloseable {
  SenderBatch() {}

  /** Whether an event with this id has been taken in from this sender already. */
  public boolean isDuplicate() {
    throw new UnsupportedOperationException();
  }

  /**
   * The series with these labels, made where there is none yet.
   *
   * @return null where it is refused: {@link #rejection} says why
   */
  public @Nullable HeadSeries resolve(Labels labels) {
    throw new UnsupportedOperationException();
  }

  /** Why the last {@link #resolve} returned null. */
  public SeriesRejection rejection() {
    throw new UnsupportedOperationException();
  }

  /** Appends a float; NaN and the infinities are values like any other. */
  public AppendOutcome append(HeadSeries series, long timeMillis, double value) {
    throw new UnsupportedOperationException();
  }

  /** Appends a native histogram, which must not be changed afterwards. */
  public AppendOutcome append(HeadSeries series, long timeMillis, Histogram histogram) {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds to a counter's running total, which begins at its last value or at zero. The newest sample
   * of such a series moves: an addition at its time, or before it, is added to it.
   */
  public AppendOutcome addDelta(HeadSeries series, long timeMillis, double delta) {
    throw new UnsupportedOperationException();
  }

  /**
   * Counts one observation in the series' native histogram. As with {@link #addDelta}, an
   * observation at the newest sample's time, or before it, is counted there.
   */
  public AppendOutcome observe(HeadSeries series, long timeMillis, double value) {
    throw new UnsupportedOperationException();
  }

  /** Notes what the sender says of a metric; the last word counts. */
  public void metadata(String metricName, MetricMetadata metadata) {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands everything to the log as one record. Of a {@link EventKind#REPORT} this is where series
   * that are missing get their stale marker, at the time of the report's newest sample, or at its
   * reception when it has none. The callback comes once the record, or, of a duplicate, the
   * original event, is on disk. Waits where the log is too far behind.
   *
   * @return the event's place in the stream; of a duplicate, the original's
   */
  public long commit(CommitCallback callback) {
    throw new UnsupportedOperationException();
  }

  /** Lets the next event of this sender begin. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
