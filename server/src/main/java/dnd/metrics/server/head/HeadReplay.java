package dnd.metrics.server.head;

import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.wal.EventRecordReader;
import dnd.metrics.server.wal.EventRecordVisitor;
import dnd.metrics.server.wal.RecordConsumer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a head back from the records of its log, behind what a checkpoint brought, through the
 * same methods that filled it. Floats of series that are in the checkpoint and not made yet wait
 * until someone makes them ({@link PendingFloats}). Entries that speak of a series or sender whose
 * definition was in a damaged record cannot be placed; they are counted. For one thread, before
 * anybody else uses the head.
 */
final class HeadReplay implements RecordConsumer, EventRecordVisitor {
  private final Head head;
  private final SeriesDirectory directory;
  private final EventRecordReader reader = new EventRecordReader();

  /** Series of which the log has a second definition, under another number. */
  private final Map<Integer, HeadSeries> again = new HashMap<>();

  private final List<HeadSeries> defined = new ArrayList<>();
  private @Nullable PendingFloats pending;
  private @Nullable Sender[] sendersByRef = new Sender[64];
  private @Nullable Sender sender;
  private boolean report;
  private @Nullable String eventId;
  private long receivedMillis;
  private long sequence;
  private long oldestMillis;
  private long newestMillis;
  private long unplaced;

  /** Whether all that was sent with the event could be placed. */
  private boolean isWhole;

  /** Whether something of the event was added up, which is not to be done once more. */
  private boolean addsUp;

  /** Records up to here may be in what the checkpoint brought. */
  private long checkpointSequence;

  private int lastSeriesRef = -1;
  private int lastSenderRef = -1;

  HeadReplay(Head head, SeriesDirectory directory) {
    this.head = head;
    this.directory = directory;
  }

  /** Entries that could not be placed. */
  long unplaced() {
    return unplaced;
  }

  /** The sender with that number, null where it is not known. */
  @Nullable Sender sender(int ref) {
    return ref < sendersByRef.length ? sendersByRef[ref] : null;
  }

  /** A sender out of a checkpoint. */
  void restore(int ref, SenderId id) {
    makeRoom(ref);
    sendersByRef[ref] = head.restore(id, ref);
    lastSenderRef = Math.max(lastSenderRef, ref);
  }

  /** Something out of a checkpoint has what the records up to {@code upTo} did to it. */
  void restored(long upTo) {
    checkpointSequence = Math.max(checkpointSequence, upTo);
  }

  /** No series and no sender had these numbers or higher ones. */
  void numbersBelow(int seriesRef, int senderRef) {
    lastSeriesRef = Math.max(lastSeriesRef, seriesRef - 1);
    lastSenderRef = Math.max(lastSenderRef, senderRef - 1);
  }

  int nextSeriesRef() {
    return lastSeriesRef + 1;
  }

  int nextSenderRef() {
    return lastSenderRef + 1;
  }

  /** There are no more records: the series that the log defined become part of the index. */
  void complete(LabelIndex index) {
    directory.stored().awaitLabels();
    index.addAll(
        defined.stream().mapToInt(series -> series.ref).sorted().toArray(),
        ref -> head.series(ref).labelPairs());
  }

  @Override
  public void record(long recordSequence, byte[] bytes, int offset, int length) {
    sequence = recordSequence;
    reader.read(bytes, offset, length, this);
  }

  @Override
  public void begin(
      int ref,
      @Nullable String service,
      @Nullable String instance,
      boolean isReport,
      @Nullable String id,
      long received) {
    lastSenderRef = Math.max(lastSenderRef, ref);
    makeRoom(ref);
    if (service != null) {
      sendersByRef[ref] =
          head.restore(new SenderId(service, instance == null ? "" : instance), ref);
    }
    sender = sendersByRef[ref];
    report = isReport;
    eventId = id;
    receivedMillis = received;
    oldestMillis = Long.MAX_VALUE;
    newestMillis = Long.MIN_VALUE;
    isWhole = true;
    addsUp = false;
    if (sender != null && report) {
      sender.beginReport();
    }
  }

  private void makeRoom(int ref) {
    if (ref >= sendersByRef.length) {
      sendersByRef = Arrays.copyOf(sendersByRef, Math.max(ref + 1, 2 * sendersByRef.length));
    }
  }

  @Override
  public void series(int ref, Labels labels) {
    lastSeriesRef = Math.max(lastSeriesRef, ref);
    if (sender == null || isKnown(ref)) {
      return;
    }
    directory.stored().awaitLabels();
    HeadSeries known = head.find(labels);
    if (known != null) {
      again.put(ref, known);
    } else {
      defined.add(head.restore(sender, labels, ref));
    }
  }

  private boolean isKnown(int ref) {
    return directory.made(ref) != null || directory.place(ref) >= 0 || again.containsKey(ref);
  }

  /** Notes what the record says of a series, whether it is to be done or was done already. */
  private void note(int ref, boolean mark) {
    if (mark && report && sender != null) {
      sender.addReported(ref);
    }
  }

  private void noteTime(long timeMillis) {
    oldestMillis = Math.min(oldestMillis, timeMillis);
    newestMillis = Math.max(newestMillis, timeMillis);
  }

  /** Whether the checkpoint has what this record did to the series with a place in it. */
  private boolean isDone(int place) {
    return place >= 0
        && sequence <= checkpointSequence
        && sequence <= directory.stored().sequence(place);
  }

  /**
   * The series that something is to be done to; null where that is done already, or where the
   * series is not known, which is counted.
   */
  private @Nullable HeadSeries place(int ref, long timeMillis, boolean mark) {
    HeadSeries one = directory.get(ref);
    if (one == null) {
      one = again.get(ref);
    }
    if (one == null) {
      unplaced++;
      isWhole = false;
      return null;
    }
    note(one.ref, mark);
    if (isDone(directory.place(one.ref))) {
      return null;
    }
    noteTime(timeMillis);
    return one;
  }

  @Override
  public void sample(int ref, long timeMillis, double value) {
    boolean mark = !StaleMarker.is(value);
    if (!waits(ref, timeMillis, mark)) {
      HeadSeries one = place(ref, timeMillis, mark);
      if (one != null) {
        one.append(timeMillis, value);
      }
    }
  }

  /**
   * Lets a float wait for its series, where it is in the checkpoint only; false where it is to be
   * appended now, as one is that does not come in order.
   */
  private boolean waits(int ref, long timeMillis, boolean mark) {
    int place = directory.placeOfUnmade(ref);
    if (place < 0) {
      return false;
    }
    if (!isDone(place)) {
      PendingFloats records = pending();
      long last =
          records.has(place) ? records.lastMillis(place) : directory.stored().newestMillis(place);
      if (timeMillis <= last) {
        return false;
      }
      records.add(place, timeMillis);
      noteTime(timeMillis);
    }
    note(ref, mark);
    return true;
  }

  private PendingFloats pending() {
    PendingFloats records = pending;
    if (records == null) {
      records = new PendingFloats(directory.stored().size(), reader);
      pending = records;
      directory.stored().pending(records);
    }
    return records;
  }

  private @Nullable HeadSeries placeSum(int ref, long timeMillis) {
    long before = unplaced;
    HeadSeries one = place(ref, timeMillis, true);
    addsUp |= unplaced == before; // also where it was done already
    return one;
  }

  @Override
  public void total(int ref, long timeMillis, double value) {
    HeadSeries one = placeSum(ref, timeMillis);
    if (one != null) {
      one.setTotal(timeMillis, value);
    }
  }

  @Override
  public void observation(int ref, long timeMillis, double value) {
    HeadSeries one = placeSum(ref, timeMillis);
    if (one != null) {
      one.observe(timeMillis, value);
    }
  }

  @Override
  public void histogram(int ref, long timeMillis, Histogram histogram) {
    HeadSeries one = place(ref, timeMillis, !histogram.isStaleMarker());
    if (one != null) {
      one.append(timeMillis, histogram);
    }
  }

  @Override
  public void seen(int ref) {
    if (isKnown(ref)) {
      HeadSeries one = again.get(ref);
      note(one == null ? ref : one.ref, true);
    } else {
      unplaced++;
    }
  }

  @Override
  public void deletion(int ref, Deletion deletion) {
    Sender deleting = sender(ref);
    if (deleting == null) {
      unplaced++;
      return;
    }
    deleting.delete(deletion, one -> !isDone(directory.place(one.ref)));
  }

  @Override
  public void metadata(String metricName, String type, String help, String unit) {
    head.noteMetadata(metricName, new MetricMetadata(type, help, unit));
  }

  @Override
  public void end() {
    if (pending != null) {
      pending.endRun();
    }
    Sender s = sender;
    if (s == null) {
      unplaced++;
      return;
    }
    s.noteReceived(receivedMillis);
    if (report) {
      s.endReport();
    }
    if (newestMillis >= oldestMillis) {
      s.noteTimes(oldestMillis, newestMillis);
    }
    if (eventId != null && (isWhole || addsUp)) { // else it may be taken in once more
      s.eventIds.add(eventId, sequence, receivedMillis);
    }
  }
}
