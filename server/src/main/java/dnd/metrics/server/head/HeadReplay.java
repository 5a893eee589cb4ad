package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.wal.EventRecordReader;
import dnd.metrics.server.wal.EventRecordVisitor;
import dnd.metrics.server.wal.RecordConsumer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings a head back from the records of its log, through the same methods that filled it. Entries
 * that speak of a series or sender whose definition was in a damaged record cannot be placed; they
 * are counted. For one thread, before anybody else uses the head.
 */
final class HeadReplay implements RecordConsumer, EventRecordVisitor {
  private final Head head;
  private final EventRecordReader reader = new EventRecordReader();
  private @Nullable HeadSeries[] seriesByRef = new HeadSeries[1024];
  private @Nullable Sender[] sendersByRef = new Sender[64];
  private @Nullable Sender sender;
  private boolean report;
  private @Nullable String eventId;
  private long receivedMillis;
  private long sequence;
  private long unplaced;
  private int lastSeriesRef = -1;
  private int lastSenderRef = -1;

  HeadReplay(Head head) {
    this.head = head;
  }

  /** Entries that could not be placed. */
  long unplaced() {
    return unplaced;
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
    if (ref >= sendersByRef.length) {
      sendersByRef = Arrays.copyOf(sendersByRef, Math.max(ref + 1, 2 * sendersByRef.length));
    }
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

  @Override
  public void series(int ref, Labels labels) {
    lastSeriesRef = Math.max(lastSeriesRef, ref);
    if (ref >= seriesByRef.length) {
      seriesByRef = Arrays.copyOf(seriesByRef, Math.max(ref + 1, 2 * seriesByRef.length));
    }
    if (sender != null) {
      seriesByRef[ref] = head.restore(sender, labels, ref);
    }
  }

  /** The series, or null, and counted, where it is not known. */
  private @Nullable HeadSeries place(int ref, boolean mark) {
    HeadSeries series = ref < seriesByRef.length && ref >= 0 ? seriesByRef[ref] : null;
    if (series == null) {
      unplaced++;
    } else if (mark && report) {
      series.sender.markReported(series);
    }
    return series;
  }

  @Override
  public void sample(int ref, long timeMillis, double value) {
    HeadSeries series = place(ref, !StaleMarker.is(value));
    if (series != null) {
      series.append(timeMillis, value);
    }
  }

  @Override
  public void total(int ref, long timeMillis, double value) {
    HeadSeries series = place(ref, true);
    if (series != null) {
      series.setTotal(timeMillis, value);
    }
  }

  @Override
  public void observation(int ref, long timeMillis, double value) {
    HeadSeries series = place(ref, true);
    if (series != null) {
      series.observe(timeMillis, value);
    }
  }

  @Override
  public void histogram(int ref, long timeMillis, Histogram histogram) {
    HeadSeries series = place(ref, !histogram.isStaleMarker());
    if (series != null) {
      series.append(timeMillis, histogram);
    }
  }

  @Override
  public void seen(int ref) {
    place(ref, true);
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
