package dnd.metrics.server.head;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.wal.EventRecordReader;
import dnd.metrics.server.wal.EventRecordVisitor;
import dnd.metrics.server.wal.RecordConsumer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings a head back from the records of its log, behind what a checkpoint brought, through the
 * same methods that filled it. Entries that speak of a series or sender whose definition was in a
 * damaged record cannot be placed; they are counted. For one thread, before anybody else uses the
 * head.
 */
final class HeadReplay implements RecordConsumer, EventRecordVisitor {
  private final Head head;
  private final EventRecordReader reader = new EventRecordReader();
  private final SeriesByRef series = new SeriesByRef();
  private @Nullable Sender[] sendersByRef = new Sender[64];
  private @Nullable Sender sender;
  private boolean report;
  private @Nullable String eventId;
  private long receivedMillis;
  private long sequence;
  private long unplaced;

  /** Records up to here may be in what the checkpoint brought. */
  private long checkpointSequence;

  private int lastSeriesRef = -1;
  private int lastSenderRef = -1;

  HeadReplay(Head head) {
    this.head = head;
  }

  /** Entries that could not be placed. */
  long unplaced() {
    return unplaced;
  }

  /** The series so far, by their numbers in the log. */
  SeriesByRef series() {
    return series;
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

  /** A series out of a checkpoint, which has what the records up to {@code upTo} did to it. */
  void restore(int ref, HeadSeries one, long upTo) {
    series.put(ref, one, upTo);
    lastSeriesRef = Math.max(lastSeriesRef, ref);
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
    if (sender != null && series.get(ref) == null) {
      series.put(ref, head.restore(sender, labels, ref), 0);
    }
  }

  /**
   * The series that something is to be done to; null where that is done already, or where the
   * series is not known, which is counted.
   */
  private @Nullable HeadSeries place(int ref, boolean mark) {
    HeadSeries one = series.get(ref);
    if (one == null) {
      unplaced++;
      return null;
    }
    if (mark && report) {
      one.sender.markReported(one);
    }
    return sequence <= checkpointSequence && sequence <= series.sequenceOf(ref) ? null : one;
  }

  @Override
  public void sample(int ref, long timeMillis, double value) {
    HeadSeries one = place(ref, !StaleMarker.is(value));
    if (one != null) {
      one.append(timeMillis, value);
    }
  }

  @Override
  public void total(int ref, long timeMillis, double value) {
    HeadSeries one = place(ref, true);
    if (one != null) {
      one.setTotal(timeMillis, value);
    }
  }

  @Override
  public void observation(int ref, long timeMillis, double value) {
    HeadSeries one = place(ref, true);
    if (one != null) {
      one.observe(timeMillis, value);
    }
  }

  @Override
  public void histogram(int ref, long timeMillis, Histogram histogram) {
    HeadSeries one = place(ref, !histogram.isStaleMarker());
    if (one != null) {
      one.append(timeMillis, histogram);
    }
  }

  @Override
  public void seen(int ref) {
    place(ref, true);
  }

  @Override
  public void deletion(int ref, Deletion deletion) {
    Sender deleting = sender(ref);
    if (deleting == null) {
      unplaced++;
      return;
    }
    deleting.delete(
        deletion, one -> sequence > checkpointSequence || sequence > series.sequenceOf(one.ref));
  }

  @Override
  public void metadata(String metricName, String type, String help, String unit) {
    head.noteMetadata(metricName, new MetricMetadata(type, help, unit));
  }

  @Override
  public void end() {
    Sender s = sender;
    if (s == null) {
      unplaced++;
      return;
    }
    if (report) {
      s.endReport();
    }
    if (eventId != null) {
      s.eventIds.add(eventId, sequence, receivedMillis);
    }
  }
}
