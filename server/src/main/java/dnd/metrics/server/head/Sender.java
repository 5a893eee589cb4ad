package dnd.metrics.server.head;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.wal.DeletionRecord;
import dnd.metrics.server.wal.LogCallback;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One sender and the series that it writes. Safe for use by several threads.
 *
 * <p>{@code lock} guards the batch, the ids, the last report, the list of the sender's series, and
 * everything written in them. Order of locks: a sender's, then the head's for new series, then a
 * stripe's of the table; or a sender's, then the log's. No thread holds two senders' locks.
 */
public final class Sender {
  private static final int[] NONE = {};
  private static final int PORTION_SERIES = 256;

  private final SenderId id;
  final int ref;
  final Head head;

  private final SenderLock lock = new SenderLock();
  private final SenderBatch batch;
  final EventIds eventIds = new EventIds();

  /** Whether the log has a record that names this sender. */
  boolean isInLog;

  /** Every series that the sender made, by its number. */
  private int[] owned = NONE;

  private int ownedCount;

  /** The series of the last report. */
  private int[] reported = NONE;

  private int reportedCount;

  /** How many checkpoints there had been when a series left, or the process began. */
  private long checkpointsWhenSeriesLeft;

  /** The series of the report under way. */
  private int[] reporting = NONE;

  private int reportingCount;
  private int reportMark;

  private @Nullable SampleBatch scratch;

  /** Written under the lock, read without. */
  private final AtomicLong samplesAppended = new AtomicLong();

  /** The times of the oldest and the newest sample since the last count; read without the lock. */
  private volatile long oldestMillis = Long.MAX_VALUE;

  private volatile long newestMillis = Long.MIN_VALUE;

  /** When its last event was received; written under the lock, read without. */
  private volatile long lastReceivedMillis = Long.MIN_VALUE;

  /**
   * Whether it left the head, because it sent nothing for long; another one may be in its place.
   */
  private boolean gone;

  /** Written under the head's lock for new series, read without. */
  private final AtomicLong series = new AtomicLong();

  Sender(Head head, SenderId id, int ref) {
    this.head = head;
    this.id = id;
    this.ref = ref;
    this.batch = new SenderBatch(this);
  }

  public SenderId id() {
    return id;
  }

  /**
   * Begins the application of one event; waits while another thread applies one of this sender. The
   * order of begins is the order of application. The batch belongs to the calling thread and must
   * be closed by it.
   *
   * @param eventId the event's id, by which a retry is known; null where the sender gave none
   * @param receivedMillis when the event was received, Unix milliseconds
   * @throws HeadUnavailableException while the log cannot be written
   * @throws SenderLimitException where it left the head meanwhile and cannot come back now
   */
  public SenderBatch begin(EventKind kind, @Nullable String eventId, long receivedMillis)
      throws HeadUnavailableException, SenderLimitException {
    lock.lock();
    if (gone) {
      lock.unlock();
      return head.sender(id).begin(kind, eventId, receivedMillis);
    }
    boolean begun = false;
    try {
      if (batch.isOpen()) {
        throw new IllegalStateException("this thread has a batch of " + id + " open already");
      }
      head.checkAvailable();
      batch.logKept();
      batch.open(kind, eventId, receivedMillis);
      begun = true;
      return batch;
    } finally {
      if (!begun) {
        lock.unlock();
      }
    }
  }

  /** As {@link SenderBatch#logKept}. */
  void logKept() throws HeadUnavailableException {
    batch.logKept();
  }

  void end() {
    lock.unlock();
  }

  /** For those who look at the sender's series between two events; they must not block. */
  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  void countAppended(long samples) {
    samplesAppended.setRelease(samplesAppended.getPlain() + samples);
  }

  /** Samples were appended between these times. */
  void noteTimes(long oldest, long newest) {
    if (oldest < oldestMillis) {
      oldestMillis = oldest;
    }
    if (newest > newestMillis) {
      newestMillis = newest;
    }
  }

  /** An event was received at that time; for the thread that has the lock. */
  void noteReceived(long millis) {
    if (millis > lastReceivedMillis) {
      lastReceivedMillis = millis;
    }
  }

  /** Looks at all series for their oldest and newest samples; for the thread that has the lock. */
  void recountTimes() {
    long oldest = Long.MAX_VALUE;
    long newest = newestMillis;
    for (int i = 0; i < ownedCount; i++) {
      oldest = Math.min(oldest, head.directory().oldestMillis(owned[i]));
      newest = Math.max(newest, head.directory().newestMillis(owned[i]));
    }
    oldestMillis = oldest;
    newestMillis = newest;
  }

  /**
   * Deletes samples among the sender's series, and puts that into the log behind what brought them.
   *
   * @throws HeadUnavailableException while the log cannot be written; nothing is deleted then
   * @throws DamagedSeriesException as {@link #delete(Deletion, Predicate)}
   */
  void delete(Deletion deletion) throws HeadUnavailableException {
    lock.lock();
    try {
      if (gone || !isInLog) {
        return;
      }
      head.checkAvailable();
      batch.logKept();
      head.log().append(DeletionRecord.of(ref, deletion), LogCallback.NOBODY);
      try {
        delete(deletion, series -> true);
      } finally {
        recountTimes();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Deletes samples of those series that are to be looked at; for the thread with the lock.
   *
   * @throws DamagedSeriesException where a chunk of one that lives turned over on the disk, or a
   *     list of them: of all others they are deleted, and of that one by the next start
   */
  void delete(Deletion deletion, Predicate<HeadSeries> counts) {
    DamagedSeriesException failure = null;
    for (int i = 0; i < ownedCount; i++) {
      Labeled labels = head.labelsOf(owned[i]);
      if (labels != null && deletion.matches(labels)) {
        HeadSeries series = head.directory().toDelete(owned[i], deletion);
        if (series != null && counts.test(series)) {
          try {
            series.delete(deletion.fromMillis(), deletion.toMillis());
          } catch (DamagedSeriesException e) {
            head.directory().overtake(owned[i], e);
            failure = e;
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** No sample in the head is older; the largest long for none. */
  long oldestMillis() {
    return oldestMillis;
  }

  /** Time of the newest sample that there ever was; the smallest long for none. */
  long newestMillis() {
    return newestMillis;
  }

  /**
   * When its last event was received, as far as that is known after a start; the smallest long for
   * unknown.
   */
  long lastReceivedMillis() {
    return lastReceivedMillis;
  }

  /** It leaves the head; for the thread that has the lock. */
  void leave() {
    gone = true;
  }

  /**
   * Takes away the series that are over, which then are not live any more; for the thread that has
   * the lock.
   */
  List<HeadSeries> disown(long endMillis, long rememberedMillis) {
    List<HeadSeries> over = new ArrayList<>();
    int kept = 0;
    for (int i = 0; i < ownedCount; i++) {
      HeadSeries one = head.directory().withoutSamples(owned[i]);
      if (one != null && one.isOver(endMillis, rememberedMillis)) {
        one.leave();
        over.add(one);
      } else {
        owned[kept++] = owned[i];
      }
    }
    owned = kept == 0 ? NONE : Arrays.copyOf(owned, kept + (kept >> 3));
    ownedCount = kept;
    if (!over.isEmpty()) {
      checkpointsWhenSeriesLeft = head.checkpointCount();
    }
    return over;
  }

  /**
   * Whether no checkpoint has a series of it any more: two are kept, and both were written since
   * its last one left. Until then, what is deleted of it must get into the log.
   */
  boolean isForgotten() {
    return ownedCount == 0
        && head.checkpointCount() - checkpointsWhenSeriesLeft >= Checkpoints.KEPT;
  }

  /** Samples accepted since the process began. */
  long samplesAppended() {
    return samplesAppended.getAcquire();
  }

  /** So many more series are this sender's; under the head's lock for new series. */
  void countSeries(int more) {
    series.setRelease(series.getPlain() + more);
  }

  SenderStatus status() {
    return new SenderStatus(id, series.getAcquire(), samplesAppended());
  }

  long outOfOrderMillis() {
    return head.outOfOrderMillis();
  }

  /** Room to decode samples into, for the thread that has the lock. */
  SampleBatch scratch() {
    SampleBatch s = scratch;
    if (s == null) {
      s = new SampleBatch();
      scratch = s;
    }
    return s;
  }

  /** Makes room for one more series, so that it can be owned without more memory. */
  void reserveOwned() {
    if (ownedCount == owned.length) {
      owned = Arrays.copyOf(owned, ownedCount + (ownedCount >> 1) + 4);
    }
  }

  /** A series of the sender has been made; for the thread that has the lock. */
  void own(int ref) {
    reserveOwned();
    owned[ownedCount++] = ref;
  }

  /** The same for many, out of a checkpoint. */
  void own(int[] refs) {
    owned = Arrays.copyOf(owned, ownedCount + refs.length);
    System.arraycopy(refs, 0, owned, ownedCount, refs.length);
    ownedCount += refs.length;
  }

  int ownedCount() {
    return ownedCount;
  }

  /** The number of one of its series. */
  int ownedRef(int i) {
    return owned[i];
  }

  /** One of its series; null where it is damaged. */
  @Nullable HeadSeries owned(int i) {
    return head.directory().readable(owned[i]);
  }

  /**
   * Hands over the numbers of a portion of its series, under the lock, which events get in between.
   *
   * @param from the place of the first one
   * @return the place to go on from; -1 behind the last one
   */
  int visitOwned(int from, IntConsumer visitor) {
    lock.lock();
    try {
      int to = Math.min(ownedCount, from + PORTION_SERIES);
      for (int i = from; i < to; i++) {
        visitor.accept(owned[i]);
      }
      return to < ownedCount ? to : -1;
    } finally {
      lock.unlock();
    }
  }

  void beginReport() {
    reportMark++;
    reportingCount = 0;
  }

  /** Notes that the report under way has the series; false where that was known. */
  boolean markReported(HeadSeries series) {
    if (series.reportMark == reportMark) {
      return false;
    }
    series.reportMark = reportMark;
    addReported(series.ref);
    return true;
  }

  /** Adds a series to the report under way that is not in it, or where that is no matter. */
  void addReported(int ref) {
    if (reportingCount == reporting.length) {
      reporting = Arrays.copyOf(reporting, Math.max(16, 2 * reportingCount));
    }
    reporting[reportingCount++] = ref;
  }

  /** What is known of the last events: their ids, and the series of the last report. */
  void writeRecent(CheckpointBytes out) {
    eventIds.write(out);
    out.unsigned(reportedCount);
    for (int i = 0; i < reportedCount; i++) {
      out.unsigned(reported[i]);
    }
  }

  /** Takes over what {@link #writeRecent} wrote, after the series. */
  void readRecent(CheckpointCursor in) {
    eventIds.read(in);
    noteReceived(eventIds.newestMillis());
    beginReport();
    for (int n = in.count(); n > 0; n--) {
      addReported(in.count());
    }
    endReport();
  }

  int reportedCount() {
    return reportedCount;
  }

  /**
   * A series of the last report that the one under way lacks; null for one that it has, and for one
   * that is damaged.
   */
  @Nullable HeadSeries missing(int i) {
    HeadSeries series = head.directory().readable(reported[i]);
    return series == null || series.reportMark == reportMark ? null : series;
  }

  void endReport() {
    int[] before = reported;
    reported = reporting;
    reportedCount = reportingCount;
    reporting = before;
    reportingCount = 0;
  }
}
