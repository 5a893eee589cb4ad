package dnd.metrics.server.wal;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.StaleMarker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link EventRecord} and {@link DeletionRecord} wrote. Reused from record to record;
 * not thread-safe.
 */
public final class EventRecordReader {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** By their numbers in the format. */
  private static final CounterResetHint[] HINTS = {
    CounterResetHint.UNKNOWN,
    CounterResetHint.RESET,
    CounterResetHint.NOT_RESET,
    CounterResetHint.GAUGE
  };

  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int series;
  private long time;

  /** Where the entry begins that was read last, and what the ones before it had left. */
  private int entryBegin;

  private int seriesBefore;
  private long timeBefore;

  /**
   * Tells {@code visitor} what a record holds. The record's checksum is taken to be right.
   *
   * @throws IllegalStateException where the record is of a kind that this program does not write
   */
  public void read(byte[] record, int offset, int length, EventRecordVisitor visitor) {
    bytes = record;
    at = offset;
    end = offset + length;
    int type = bytes[at++];
    switch (type) {
      case EventRecord.TYPE_EVENT -> event(visitor);
      case DeletionRecord.TYPE_DELETION -> visitor.deletion((int) unsigned(), deletion());
      default -> throw new IllegalStateException("a record of type " + type);
    }
  }

  private Deletion deletion() {
    long from = signed();
    long to = signed();
    List<List<Matcher>> selectors = new ArrayList<>();
    for (long n = unsigned(); n > 0; n--) {
      List<Matcher> matchers = new ArrayList<>();
      for (long m = unsigned(); m > 0; m--) {
        matchers.add(
            new Matcher(DeletionRecord.MATCHER_TYPES.get(bytes[at++]), string(), string()));
      }
      selectors.add(matchers);
    }
    return new Deletion(selectors, from, to);
  }

  private void event(EventRecordVisitor visitor) {
    int flags = bytes[at++];
    int sender = (int) unsigned();
    time = signed();
    boolean named = (flags & EventRecord.FLAG_SENDER) != 0;
    String service = named ? string() : null;
    String instance = named ? string() : null;
    String eventId = (flags & EventRecord.FLAG_EVENT_ID) != 0 ? string() : null;
    visitor.begin(sender, service, instance, (flags & EventRecord.FLAG_REPORT) != 0, eventId, time);
    entries(visitor);
    visitor.end();
  }

  private void entries(EventRecordVisitor visitor) {
    series = -1;
    Labels labels = Labels.empty();
    while (at < end) {
      entryBegin = at;
      seriesBefore = series;
      timeBefore = time;
      int header = bytes[at++];
      switch (header & EventRecord.ENTRY_MASK) {
        case EventRecord.ENTRY_SAMPLE -> {
          place(header);
          visitor.sample(series, time, value(header));
        }
        case EventRecord.ENTRY_TOTAL -> {
          place(header);
          visitor.total(series, time, value(header));
        }
        case EventRecord.ENTRY_OBSERVATION -> {
          place(header);
          visitor.observation(series, time, value(header));
        }
        case EventRecord.ENTRY_HISTOGRAM -> {
          place(header);
          visitor.histogram(series, time, histogram());
        }
        case EventRecord.ENTRY_SEEN -> {
          seriesNumber(header);
          visitor.seen(series);
        }
        case EventRecord.ENTRY_SERIES -> {
          int number = (int) unsigned();
          labels = labels(labels);
          visitor.series(number, labels);
        }
        case EventRecord.ENTRY_METADATA -> visitor.metadata(string(), string(), string(), string());
        default -> throw new IllegalStateException("an entry of kind " + header);
      }
    }
  }

  /** Copies entries as they stand in the record, of which no other has been read yet. */
  public void copyEntries(int from, int to, ByteBuffer out) {
    out.put(bytes, from, to - from);
  }

  /** Where the entry begins that the visitor is told of. */
  public int entryBegin() {
    return entryBegin;
  }

  /** Where it ends; of a float, when the visitor is told of it. */
  public int entryEnd() {
    return at;
  }

  /** The series that the entry counts from. */
  public int seriesBefore() {
    return seriesBefore;
  }

  /** The time that the entry counts from. */
  public long timeBefore() {
    return timeBefore;
  }

  /** Is told of floats that were kept as they are. */
  @FunctionalInterface
  public interface FloatConsumer {
    void sample(int series, long timeMillis, double value);
  }

  /**
   * Tells of entries that were kept, all of them floats and in a row.
   *
   * @param before {@link #seriesBefore} of the first of them
   * @param beforeMillis {@link #timeBefore} of the first of them
   */
  public void floats(
      byte[] entries, int length, int before, long beforeMillis, FloatConsumer consumer) {
    bytes = entries;
    at = 0;
    end = length;
    series = before;
    time = beforeMillis;
    while (at < end) {
      int header = bytes[at++];
      if ((header & EventRecord.ENTRY_MASK) != EventRecord.ENTRY_SAMPLE) {
        throw new IllegalStateException("an entry of kind " + header + " among floats");
      }
      place(header);
      consumer.sample(series, time, value(header));
    }
  }

  private void place(int header) {
    seriesNumber(header);
    if ((header & EventRecord.SAME_TIME) == 0) {
      time += signed();
    }
  }

  private void seriesNumber(int header) {
    series = (header & EventRecord.NEXT_SERIES) != 0 ? series + 1 : (int) (series + signed());
  }

  private double value(int header) {
    return switch (header & EventRecord.VALUE_MASK) {
      case EventRecord.VALUE_WHOLE -> signed();
      case EventRecord.VALUE_STALE -> StaleMarker.VALUE;
      default -> raw();
    };
  }

  private Labels labels(Labels before) {
    int pairs = (int) unsigned();
    long same = unsigned();
    String[] sorted = new String[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      if (i < 63 && (same & 1L << i) != 0) {
        sorted[2 * i] = before.name(i);
        sorted[2 * i + 1] = before.value(i);
      } else {
        sorted[2 * i] = string();
        sorted[2 * i + 1] = string();
      }
    }
    return Labels.ofSorted(sorted);
  }

  private Histogram histogram() {
    int flags = bytes[at++];
    boolean whole = (flags & EventRecord.HISTOGRAM_WHOLE_COUNTS) != 0;
    Histogram.Builder histogram = Histogram.builder();
    histogram.counterResetHint(HINTS[flags >> 4 & 3]);
    histogram.schema((int) signed());
    histogram.zeroThreshold(raw());
    histogram.sum(raw());
    histogram.zeroCount(count(whole));
    histogram.count(count(whole));
    histogram.positive(buckets(whole));
    histogram.negative(buckets(whole));
    if ((flags & EventRecord.HISTOGRAM_CUSTOM) != 0) {
      double[] bounds = new double[(int) unsigned()];
      for (int i = 0; i < bounds.length; i++) {
        bounds[i] = raw();
      }
      histogram.customValues(bounds);
    }
    return histogram.build();
  }

  private Buckets buckets(boolean whole) {
    int size = (int) unsigned();
    int[] indexes = new int[size];
    double[] counts = new double[size];
    int index = 0;
    for (int i = 0; i < size; i++) {
      index += (int) signed();
      indexes[i] = index;
      counts[i] = count(whole);
    }
    return Buckets.of(indexes, counts);
  }

  private double count(boolean whole) {
    return whole ? signed() : raw();
  }

  private double raw() {
    double value = Double.longBitsToDouble((long) LONG.get(bytes, at));
    at += 8;
    return value;
  }

  private long signed() {
    long v = unsigned();
    return (v >>> 1) ^ -(v & 1);
  }

  private long unsigned() {
    byte b = bytes[at++];
    long value = b & 0x7f;
    for (int shift = 7; b < 0; shift += 7) {
      b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
    }
    return value;
  }

  private String string() {
    int length = (int) unsigned();
    String s = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return s;
  }
}
