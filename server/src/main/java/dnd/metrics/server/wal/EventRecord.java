package dnd.metrics.server.wal;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The record of one event, being written: everything that the event did to the head, so that it is
 * brought back whole or not at all. Reused from event to event; writing a sample allocates nothing.
 * Call order: {@link #begin}, any of the entries, {@link #end}. Not thread-safe. Layout:
 * docs/format/wal.md; reader: {@link EventRecordReader}.
 */
public final class EventRecord implements RecordBody {
  static final int TYPE_EVENT = 1;

  static final int FLAG_REPORT = 1;
  static final int FLAG_EVENT_ID = 2;
  static final int FLAG_SENDER = 4;

  static final int ENTRY_SAMPLE = 0;
  static final int ENTRY_TOTAL = 1;
  static final int ENTRY_OBSERVATION = 2;
  static final int ENTRY_HISTOGRAM = 3;
  static final int ENTRY_SEEN = 4;
  static final int ENTRY_SERIES = 5;
  static final int ENTRY_METADATA = 6;
  static final int ENTRY_MASK = 0x07;

  /** The series' number is one more than that of the entry before. */
  static final int NEXT_SERIES = 0x08;

  /** The time is that of the entry before. */
  static final int SAME_TIME = 0x10;

  static final int VALUE_MASK = 0x60;
  static final int VALUE_RAW = 0x00;
  static final int VALUE_WHOLE = 0x20;
  static final int VALUE_STALE = 0x40;

  static final int HISTOGRAM_WHOLE_COUNTS = 0x01;
  static final int HISTOGRAM_CUSTOM = 0x02;

  /** Whole numbers up to here, and their negations, have a double of their own. */
  private static final double LARGEST_WHOLE = 1L << 53;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Definitions of series that would make a record longer are not taken: readers take four times as
   * much ({@link Segment#MAX_RECORD_BYTES}), and nothing else is much longer than its event.
   */
  static final int MOST_BYTES_WITH_DEFINITION = 64 << 20;

  private static final int KEPT_BYTES = 1 << 20;

  /** As much as an entry with a float has at most, or what stands before another's parts. */
  private static final int LEAST_ROOM = 32;

  private byte[] buffer = new byte[512];
  private int size;
  private byte[] head = new byte[64];
  private int headSize;
  private int previousSeries;
  private long previousTime;
  private Labels previousLabels = Labels.empty();

  /** Empties the record for an event received at {@code receivedMillis}. */
  public void begin(long receivedMillis) {
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[KEPT_BYTES];
    }
    size = 0;
    headSize = 0;
    previousSeries = -1;
    previousTime = receivedMillis;
    previousLabels = Labels.empty();
  }

  /** Makes room for one entry with a float, so that writing it needs no more memory. */
  public void reserve() {
    ensure(LEAST_ROOM);
  }

  /** Makes room for what {@link #end} writes, so that it needs no more memory. */
  public void reserveEnd(String service, String instance, @Nullable String eventId) {
    int chars = service.length() + instance.length() + (eventId == null ? 0 : eventId.length());
    int bytes = 2 * LEAST_ROOM + 3 * chars;
    if (head.length < bytes) {
      head = new byte[bytes];
    }
  }

  /** The same for a new series. */
  public void reserve(Labels labels) {
    ensure((int) mostBytes(labels));
  }

  /** Whether there may be the definition of one more series: an event is not to have so many. */
  public boolean takes(Labels labels) {
    return size + mostBytes(labels) <= MOST_BYTES_WITH_DEFINITION;
  }

  private static long mostBytes(Labels labels) {
    long bytes = LEAST_ROOM + 4L * labels.size();
    for (int i = 0; i < labels.size(); i++) {
      bytes += 20 + 3L * (labels.name(i).length() + labels.value(i).length());
    }
    return bytes;
  }

  /** The same for a native histogram. */
  public void reserve(Histogram histogram) {
    int buckets = histogram.positive().size() + histogram.negative().size();
    int bounds = histogram.hasCustomBuckets() ? histogram.customValues().length : 0;
    ensure(4 * LEAST_ROOM + 20 * buckets + 8 * bounds);
  }

  /** Whether nothing was written since {@link #begin}. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many bytes of entries there are. */
  public int size() {
    return size;
  }

  /** A new series; it must come before the entries that speak of it. */
  public void series(int number, Labels labels) {
    ensure(16 + labels.size() * 4);
    buffer[size++] = ENTRY_SERIES;
    unsigned(number);
    int pairs = labels.size();
    unsigned(pairs);
    Labels before = previousLabels;
    long same = 0;
    for (int i = 0; i < Math.min(Math.min(pairs, before.size()), 63); i++) {
      if (labels.value(i).equals(before.value(i)) && labels.name(i).equals(before.name(i))) {
        same |= 1L << i;
      }
    }
    unsigned(same);
    for (int i = 0; i < pairs; i++) {
      if (i >= 63 || (same & 1L << i) == 0) {
        string(labels.name(i));
        string(labels.value(i));
      }
    }
    previousLabels = labels;
  }

  /** A float. */
  public void sample(int series, long timeMillis, double value) {
    entry(ENTRY_SAMPLE | valueKind(value), series, timeMillis);
    value(value);
  }

  /** The running total of a counter after an addition: the newest sample of its series. */
  public void total(int series, long timeMillis, double value) {
    entry(ENTRY_TOTAL | valueKind(value), series, timeMillis);
    value(value);
  }

  /** One observation that was counted in the series' histogram. */
  public void observation(int series, long timeMillis, double value) {
    entry(ENTRY_OBSERVATION | valueKind(value), series, timeMillis);
    value(value);
  }

  /** A series of a report whose sample needed nothing to be done. */
  public void seen(int series) {
    ensure(16);
    int header = ENTRY_SEEN | (series == previousSeries + 1 ? NEXT_SERIES : 0);
    buffer[size++] = (byte) header;
    if ((header & NEXT_SERIES) == 0) {
      signed(series - (long) previousSeries);
    }
    previousSeries = series;
  }

  /** A native histogram. */
  public void histogram(int series, long timeMillis, Histogram histogram) {
    reserve(histogram); // so that there is no half of one where memory is missing
    entry(ENTRY_HISTOGRAM, series, timeMillis);
    boolean whole = isWhole(histogram);
    int flags = hintNumber(histogram.counterResetHint()) << 4;
    flags |= whole ? HISTOGRAM_WHOLE_COUNTS : 0;
    flags |= histogram.hasCustomBuckets() ? HISTOGRAM_CUSTOM : 0;
    buffer[size++] = (byte) flags;
    signed(histogram.schema());
    raw(histogram.zeroThreshold());
    raw(histogram.sum());
    count(histogram.zeroCount(), whole);
    count(histogram.count(), whole);
    buckets(histogram.positive(), whole);
    buckets(histogram.negative(), whole);
    if (histogram.hasCustomBuckets()) {
      double[] bounds = histogram.customValues();
      unsigned(bounds.length);
      for (double bound : bounds) {
        raw(bound);
      }
    }
  }

  /** What the sender says of a metric. */
  public void metadata(String metricName, String type, String help, String unit) {
    int chars = metricName.length() + type.length() + help.length() + unit.length();
    ensure(1 + 4 * 10 + 3 * chars); // as for a histogram
    buffer[size++] = ENTRY_METADATA;
    string(metricName);
    string(type);
    string(help);
    string(unit);
  }

  /**
   * Completes the record.
   *
   * @param sender the sender's number
   * @param service the sender's service where this is the first record of the sender; else null
   * @param instance likewise
   * @param eventId null where the sender gave none
   */
  public void end(
      int sender,
      @Nullable String service,
      @Nullable String instance,
      boolean report,
      @Nullable String eventId,
      long receivedMillis) {
    // The head is written with the same methods, into its own place.
    byte[] entries = buffer;
    int entriesSize = size;
    buffer = head;
    size = 0;
    try {
      ensure(LEAST_ROOM);
      buffer[size++] = TYPE_EVENT;
      int flags = report ? FLAG_REPORT : 0;
      flags |= eventId != null ? FLAG_EVENT_ID : 0;
      flags |= service != null ? FLAG_SENDER : 0;
      buffer[size++] = (byte) flags;
      unsigned(sender);
      signed(receivedMillis);
      if (service != null) {
        string(service);
        string(instance == null ? "" : instance);
      }
      if (eventId != null) {
        string(eventId);
      }
      head = buffer;
      headSize = size;
    } finally { // also where memory was missing
      buffer = entries;
      size = entriesSize;
    }
  }

  @Override
  public int length() {
    return headSize + size;
  }

  @Override
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(head, 0, target, offset, headSize);
    System.arraycopy(buffer, 0, target, offset + headSize, size);
  }

  @Override
  public void updateChecksum(CRC32C crc) {
    crc.update(head, 0, headSize);
    crc.update(buffer, 0, size);
  }

  private void entry(int kind, int series, long timeMillis) {
    ensure(LEAST_ROOM);
    int header = kind;
    if (series == previousSeries + 1) {
      header |= NEXT_SERIES;
    }
    if (timeMillis == previousTime) {
      header |= SAME_TIME;
    }
    buffer[size++] = (byte) header;
    if ((header & NEXT_SERIES) == 0) {
      signed(series - (long) previousSeries);
    }
    if ((header & SAME_TIME) == 0) {
      signed(timeMillis - previousTime);
      previousTime = timeMillis;
    }
    previousSeries = series;
  }

  private static int valueKind(double value) {
    if (isWhole(value)) {
      return VALUE_WHOLE;
    }
    return StaleMarker.is(value) ? VALUE_STALE : VALUE_RAW;
  }

  private void value(double value) {
    if (isWhole(value)) {
      signed((long) value);
    } else if (!StaleMarker.is(value)) {
      raw(value);
    }
  }

  /** Whether the number survives the way through a long; minus zero does not. */
  private static boolean isWhole(double value) {
    return value == (long) value
        && Math.abs(value) <= LARGEST_WHOLE
        && Double.doubleToRawLongBits(value) != Long.MIN_VALUE;
  }

  private static int hintNumber(CounterResetHint hint) {
    return switch (hint) {
      case UNKNOWN -> 0;
      case RESET -> 1;
      case NOT_RESET -> 2;
      case GAUGE -> 3;
    };
  }

  private static boolean isWhole(Histogram h) {
    return isWhole(h.count())
        && isWhole(h.zeroCount())
        && areWhole(h.positive())
        && areWhole(h.negative());
  }

  private static boolean areWhole(Buckets buckets) {
    for (int i = 0; i < buckets.size(); i++) {
      if (!isWhole(buckets.count(i))) {
        return false;
      }
    }
    return true;
  }

  private void buckets(Buckets buckets, boolean whole) {
    unsigned(buckets.size());
    int index = 0;
    for (int i = 0; i < buckets.size(); i++) {
      signed(buckets.index(i) - (long) index);
      index = buckets.index(i);
      count(buckets.count(i), whole);
    }
  }

  private void count(double count, boolean whole) {
    if (whole) {
      signed((long) count);
    } else {
      raw(count);
    }
  }

  private void raw(double value) {
    LONG.set(buffer, size, Double.doubleToRawLongBits(value));
    size += 8;
  }

  private void signed(long value) {
    unsigned((value << 1) ^ (value >> 63));
  }

  private void unsigned(long value) {
    byte[] b = buffer;
    int at = size;
    long v = value;
    while ((v & ~0x7fL) != 0) {
      b[at++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    b[at++] = (byte) v;
    size = at;
  }

  /** Needs no memory but for the buffer, so that what was reserved is enough. */
  private void string(String s) {
    int length = s.length();
    ensure(10 + length);
    int start = size;
    unsigned(length);
    byte[] b = buffer;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = s.charAt(i);
      if (c >= 0x80) {
        size = start;
        utf8(s);
        return;
      }
      b[at++] = (byte) c;
    }
    size = at;
  }

  private void utf8(String s) {
    int bytes = 0;
    for (int i = 0; i < s.length(); i += Character.charCount(s.codePointAt(i))) {
      int c = scalar(s.codePointAt(i));
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    ensure(10 + bytes);
    unsigned(bytes);
    byte[] b = buffer;
    int at = size;
    for (int i = 0; i < s.length(); i += Character.charCount(s.codePointAt(i))) {
      int c = scalar(s.codePointAt(i));
      if (c < 0x80) {
        b[at++] = (byte) c;
        continue;
      }
      int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
      b[at++] = (byte) ((0xf80 >> more) | (c >> (6 * more)));
      while (more-- > 0) {
        b[at++] = (byte) (0x80 | ((c >> (6 * more)) & 0x3f));
      }
    }
    size = at;
  }

  /** In the place of half a pair stands what {@link String#getBytes} has there. */
  private static int scalar(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c;
  }

  private void ensure(int more) {
    if (size + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(size + more, 2 * buffer.length));
    }
  }
}
