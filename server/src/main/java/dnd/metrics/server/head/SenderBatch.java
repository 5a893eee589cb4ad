package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.wal.EventRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One event of one sender being applied: samples are in memory, and visible to queries, at once;
 * {@link #commit} puts all of them into the log as one record. Call order: {@link #isDuplicate}
 * first (of a duplicate nothing may be appended, it is only committed); then resolve and append in
 * any order; then commit, once; then close. Closing without a commit logs what was appended,
 * without the event's id, so that memory and log agree. Where the log has no memory for the record,
 * whoever waits for it hears that, and the record is kept: the sender's next event waits for it.
 * For the thread that began it. Appending floats allocates nothing.
 */
public final class SenderBatch implements AutoCloseable {
  private enum State {
    CLOSED,
    OPEN,
    COMMITTED
  }

  /** Instead of the place in the stream of an event that is not in the log. */
  public static final long NO_PLACE = -1;

  /** For a batch that nobody waits for. */
  private static final CommitCallback NOBODY =
      new CommitCallback() {
        @Override
        public void committed() {}

        @Override
        public void failed(IOException reason) {}
      };

  private final Sender sender;
  private final Head head;
  private final EventRecord record = new EventRecord();

  private final TouchedWatches touched = new TouchedWatches();

  private State state = State.CLOSED;

  /** Whether the record is complete, and not in the log for want of memory. */
  private boolean kept;

  /** Whether the event is in the log, and its id not noted yet, likewise. */
  private boolean unnoted;

  private boolean report;

  /** Whether the report may have had series that it seems to lack. */
  private boolean refused;

  private boolean end;
  private @Nullable String eventId;
  private @Nullable Long original;
  private long receivedMillis;
  private long sequence;
  private long newestAcceptedMillis;
  private long oldestMillis;
  private long newestMillis;
  private long accepted;
  private SeriesRejection rejection = SeriesRejection.SERIES_LIMIT;

  SenderBatch(Sender sender) {
    this.sender = sender;
    this.head = sender.head;
  }

  boolean isOpen() {
    return state != State.CLOSED;
  }

  void open(EventKind kind, @Nullable String id, long received) {
    original = id == null ? null : sender.eventIds.sequenceOf(id);
    report = kind != EventKind.PUSH && original == null;
    end = kind == EventKind.END && original == null;
    refused = false;
    eventId = id;
    receivedMillis = received;
    newestAcceptedMillis = received + head.futureMillis();
    oldestMillis = Long.MAX_VALUE;
    newestMillis = Long.MIN_VALUE;
    accepted = 0;
    record.begin(received);
    record.reserveEnd(sender.id().service(), sender.id().instance(), id);
    sender.noteReceived(received);
    if (report) {
      sender.beginReport();
    }
    state = State.OPEN;
  }

  /** Whether an event with this id has been taken in from this sender already. */
  public boolean isDuplicate() {
    return original != null;
  }

  /**
   * The series with these labels, made where there is none yet.
   *
   * @return null where it is refused: {@link #rejection} says why
   */
  public @Nullable HeadSeries resolve(Labels labels) {
    checkOpen();
    HeadSeries series;
    try {
      series = head.find(labels);
      if (series == null) {
        if (!record.takes(labels)) {
          rejection = SeriesRejection.EVENT_FULL;
          return null;
        }
        record.reserve(labels); // what is in memory must get into the record
        series = head.create(sender, labels);
        if (series == null) {
          rejection = SeriesRejection.SERIES_LIMIT;
          return null;
        }
        if (series.sender == sender) {
          record.series(series.ref, labels);
        }
      }
    } catch (DamagedSeriesException e) {
      rejection = SeriesRejection.DAMAGED;
      noteRefused(); // the sender has it
      return null;
    }
    if (series.sender != sender) {
      rejection = SeriesRejection.OTHER_SENDER;
      return null;
    }
    return series;
  }

  /** Why the last {@link #resolve} returned null. */
  public SeriesRejection rejection() {
    return rejection;
  }

  /** Appends a float; NaN and the infinities are values like any other. */
  public AppendOutcome append(HeadSeries series, long timeMillis, double value) {
    checkOpen(series);
    record.reserve();
    AppendOutcome outcome =
        timeMillis > newestAcceptedMillis
            ? AppendOutcome.TOO_NEW
            : series.append(timeMillis, value);
    if (outcome == AppendOutcome.ACCEPTED) {
      record.sample(series.ref, timeMillis, value);
      accept(series, timeMillis, report && !StaleMarker.is(value));
    } else if (report) {
      noteSeen(series);
    }
    return outcome;
  }

  /** Appends a native histogram, which must not be changed afterwards. */
  public AppendOutcome append(HeadSeries series, long timeMillis, Histogram histogram) {
    checkOpen(series);
    record.reserve(histogram);
    AppendOutcome outcome =
        timeMillis > newestAcceptedMillis
            ? AppendOutcome.TOO_NEW
            : series.append(timeMillis, histogram);
    if (outcome == AppendOutcome.ACCEPTED) {
      record.histogram(series.ref, timeMillis, histogram);
      accept(series, timeMillis, report && !histogram.isStaleMarker());
    } else if (report) {
      noteSeen(series);
    }
    return outcome;
  }

  /**
   * Adds to a counter's running total, which begins at its last value or at zero. The newest sample
   * of such a series moves: an addition at its time, or before it, or less than a second behind it
   * is added to it, so that history has at most one sample a second, and the newest one all that
   * came. Only finite additions that are not negative are valid.
   */
  public AppendOutcome addDelta(HeadSeries series, long timeMillis, double delta) {
    checkOpen(series);
    record.reserve();
    AppendOutcome outcome;
    if (!(delta >= 0) || Double.isInfinite(delta)) {
      outcome = AppendOutcome.INVALID;
    } else if (timeMillis > newestAcceptedMillis) {
      outcome = AppendOutcome.TOO_NEW;
    } else {
      double total = series.addDelta(timeMillis, delta);
      if (Double.isNaN(total)) {
        outcome = AppendOutcome.TOO_OLD;
      } else {
        record.total(series.ref, timeMillis, total);
        accept(series, timeMillis, report);
        return AppendOutcome.ACCEPTED;
      }
    }
    if (report) {
      noteSeen(series);
    }
    return outcome;
  }

  /**
   * Counts one observation, which must be finite, in the series' native histogram. As with {@link
   * #addDelta}, the newest sample moves.
   */
  public AppendOutcome observe(HeadSeries series, long timeMillis, double value) {
    checkOpen(series);
    record.reserve();
    AppendOutcome outcome;
    if (!Double.isFinite(value)) {
      outcome = AppendOutcome.INVALID;
    } else if (timeMillis > newestAcceptedMillis) {
      outcome = AppendOutcome.TOO_NEW;
    } else if (!series.observe(timeMillis, value)) {
      outcome = AppendOutcome.TOO_OLD;
    } else {
      record.observation(series.ref, timeMillis, value);
      accept(series, timeMillis, report);
      return AppendOutcome.ACCEPTED;
    }
    if (report) {
      noteSeen(series);
    }
    return outcome;
  }

  /**
   * Says that the series ends at a time: a stale marker of its kind. Nothing where it has ended
   * already. A series without a sample may have left the head with those that it had, so it gets a
   * marker, too: a float, which ends histograms as well.
   */
  public AppendOutcome end(HeadSeries series, long timeMillis) {
    checkOpen(series);
    if (series.isStale()) {
      return AppendOutcome.DUPLICATE;
    }
    return series.endsInHistogram()
        ? append(series, timeMillis, HeadSeries.STALE_HISTOGRAM)
        : append(series, timeMillis, StaleMarker.VALUE);
  }

  private void accept(HeadSeries series, long timeMillis, boolean mark) {
    accepted++;
    if (timeMillis > newestMillis) {
      newestMillis = timeMillis;
    }
    if (timeMillis < oldestMillis) {
      oldestMillis = timeMillis;
    }
    if (mark) {
      sender.markReported(series);
    }
    touch(series);
  }

  private void touch(HeadSeries series) {
    WatchSet watches = head.watches();
    if (watches.isEmpty()) {
      return;
    }
    WatchGroup group = series.watches(watches);
    if (!group.isEmpty()) {
      touched.add(group);
    }
  }

  /**
   * Something of the event was refused before it was known of which series it is. A report says
   * then nothing of what it seems to lack: it ends no series, and those of the report before are
   * its own.
   */
  public void noteRefused() {
    refused = true;
  }

  /** A report has the series, though no sample of it is written. */
  private void noteSeen(HeadSeries series) {
    if (sender.markReported(series)) {
      record.seen(series.ref);
    }
  }

  /** Notes what the sender says of a metric; the last word counts. */
  public void metadata(String metricName, MetricMetadata metadata) {
    checkOpen();
    if (!head.hasMetadata(metricName, metadata)) {
      // First, as there may be no memory for it: what the head knows already is never logged again.
      record.metadata(metricName, metadata.type(), metadata.help(), metadata.unit());
      head.noteMetadata(metricName, metadata);
    }
  }

  /**
   * Hands everything to the log as one record. Of a {@link EventKind#REPORT} this is where series
   * that are missing get their stale marker, at the time of the report's newest sample, or at its
   * reception when it has none; of an {@link EventKind#END} all series of the sender get it. The
   * callback comes once the record, or, of a duplicate, the original event, is on disk. Waits where
   * the log is too far behind. Where memory is missing for the record, the callback hears that
   * before this returns.
   *
   * @return the event's place in the stream; of a duplicate, the original's; {@link #NO_PLACE}
   *     where memory is missing for it
   */
  public long commit(CommitCallback callback) {
    checkOpen();
    if (original == null) {
      complete();
    }
    state = State.COMMITTED;
    try {
      if (original != null) {
        head.log().whenDurable(callback);
        return original;
      }
      log(callback);
    } catch (OutOfMemoryError e) {
      callback.failed(head.noMemoryForRecord());
      return NO_PLACE;
    }
    try {
      noteId();
    } catch (OutOfMemoryError noMemory) {
      // The event is taken in all the same; the sender's next one waits until its id is noted.
    }
    return sequence;
  }

  /** All but handing the record to the log. */
  private void complete() {
    if (report) {
      markEnded();
      sender.endReport();
    }
    SenderId name = sender.isInLog ? null : sender.id();
    record.end(
        sender.ref,
        name == null ? null : name.service(),
        name == null ? null : name.instance(),
        report,
        eventId,
        receivedMillis);
    kept = true;
    sender.isInLog = true;
    sender.countAppended(accepted);
    if (accepted > 0) {
      sender.noteTimes(oldestMillis, newestMillis);
    }
  }

  private void log(CommitCallback callback) {
    sequence = head.log().append(record, touched.isEmpty() ? callback : notice(callback));
    touched.clear();
    kept = false;
    unnoted = true;
  }

  private void noteId() {
    if (eventId != null) {
      sender.eventIds.add(eventId, sequence, receivedMillis);
    }
    unnoted = false;
  }

  /**
   * Hands a record to the log that was kept, since nothing else of the sender may come before it,
   * and notes its id; for the thread that has the sender's lock.
   *
   * @throws HeadUnavailableException where memory is still missing for it
   */
  void logKept() throws HeadUnavailableException {
    try {
      if (kept) {
        log(NOBODY);
      }
      if (unnoted) {
        noteId();
      }
    } catch (OutOfMemoryError e) {
      throw new HeadUnavailableException(
          "memory is missing for the log's record of what the sender sent before");
    }
  }

  private AppendNotice notice(CommitCallback callback) {
    long newest = newestMillis == Long.MIN_VALUE ? receivedMillis : newestMillis;
    long oldest = Math.min(oldestMillis, newest);
    String correlationId = callback.correlationId();
    return new AppendNotice(
        callback, head, touched.all(), sender.id(), correlationId, oldest, newest);
  }

  private void markEnded() {
    long at = newestMillis == Long.MIN_VALUE ? receivedMillis : newestMillis;
    if (end) {
      for (int i = 0; i < sender.ownedCount(); i++) {
        markStale(sender.owned(i), at);
      }
      return;
    }
    for (int i = 0; i < sender.reportedCount(); i++) {
      HeadSeries missing = sender.missing(i);
      if (!refused) {
        markStale(missing, at);
      } else if (missing != null) {
        record.reserve();
        noteSeen(missing);
      }
    }
  }

  private void markStale(@Nullable HeadSeries series, long at) {
    if (series == null || series.isEmpty() || series.isStale()) {
      return;
    }
    record.reserve(HeadSeries.STALE_HISTOGRAM); // it may be a float, which takes less
    long time = series.appendStaleMarker(at);
    if (series.endsInHistogram()) {
      record.histogram(series.ref, time, HeadSeries.STALE_HISTOGRAM);
    } else {
      record.sample(series.ref, time, StaleMarker.VALUE);
    }
    touch(series);
  }

  /** Lets the next event of this sender begin. */
  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    try {
      if (state == State.OPEN && !record.isEmpty()) {
        report = false; // it was not finished, so it says nothing of what is missing
        eventId = null;
        complete();
        log(NOBODY);
      }
    } finally {
      state = State.CLOSED;
      sender.end();
    }
  }

  private void checkOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException("the batch is " + state);
    }
  }

  private void checkOpen(HeadSeries series) {
    checkOpen();
    if (series.sender != sender) {
      throw new IllegalArgumentException("a series of another sender: " + series.labels());
    }
    if (!series.isLive()) {
      throw new IllegalArgumentException("to be resolved anew: " + series.labels());
    }
    if (original != null) {
      throw new IllegalStateException("nothing may be appended of a duplicate");
    }
  }
}
