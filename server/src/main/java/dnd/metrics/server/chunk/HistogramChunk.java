package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import java.util.Arrays;

/**
 * Native histograms in Prometheus's encodings ({@code tsdb/chunkenc}, docs/format/chunks.md): whole
 * counts in {@link WholeHistogramChunk}, others in {@link FloatHistogramChunk}. All histograms of a
 * chunk have one layout; one with more buckets makes a new chunk with all samples. A chunk holds
 * gauges, or counters without a reset between them. It is never empty. One thread appends; any
 * number decode meanwhile without locks.
 */
public abstract sealed class HistogramChunk implements Chunk
    permits WholeHistogramChunk, FloatHistogramChunk {
  /** The most samples a chunk takes: the header counts them in two bytes. */
  public static final int MAX_SIZE = 0xffff;

  /** Number of samples (two bytes), flags (one). */
  static final int HEADER_BYTES = 3;

  private static final int FIRST_BYTES = 64;

  /** How a chunk begins, in relation to the one before it: the two upper bits of its flags. */
  enum Beginning {
    UNKNOWN(0),
    NOT_RESET(0x40),
    RESET(0x80),
    GAUGE(0xc0);

    final int flags;

    Beginning(int flags) {
      this.flags = flags;
    }
  }

  private final Beginning beginning;
  final BitAppender out = new BitAppender(HEADER_BYTES, FIRST_BYTES);

  /** Samples in the upper half, bits in the lower; written behind the bits they count. */
  private volatile long published;

  // The rest is the writer's alone.
  private long lastMillis;
  private long lastDeltaMillis;

  /**
   * Whether a histogram was begun and not finished, for want of memory: no other goes behind it.
   */
  private boolean isTorn;

  /** The last histogram, in the chunk's layout (or, when stale, without buckets). */
  Histogram last;

  /** The first histogram's buckets are the layout, also when later ones are stale. */
  private final HistogramLayout layout;

  HistogramChunk(Beginning beginning, Histogram first) {
    this.beginning = beginning;
    this.last = stripped(first);
    this.layout = HistogramLayout.of(last);
  }

  /** A chunk with one histogram, the first of its series or the first after a gap in knowledge. */
  public static HistogramChunk start(long tMillis, Histogram histogram) {
    Beginning beginning =
        switch (histogram.counterResetHint()) {
          case GAUGE -> Beginning.GAUGE;
          case RESET -> Beginning.RESET;
          case UNKNOWN, NOT_RESET -> Beginning.UNKNOWN;
        };
    return start(beginning, tMillis, histogram);
  }

  private static HistogramChunk start(Beginning beginning, long tMillis, Histogram histogram) {
    HistogramChunk chunk =
        histogram.isWhole()
            ? new WholeHistogramChunk(beginning, histogram)
            : new FloatHistogramChunk(beginning, histogram);
    chunk.writeFirst(tMillis);
    return chunk;
  }

  /**
   * A chunk that goes on where another one stood.
   *
   * @param bytes as {@link #toBytes} returned them
   */
  public static HistogramChunk resumed(int encoding, byte[] bytes) {
    SampleBatch batch = new SampleBatch();
    decode(encoding, bytes, 0, bytes.length, batch);
    Beginning beginning = Beginning.UNKNOWN;
    for (Beginning each : Beginning.values()) {
      if ((bytes[2] & Beginning.GAUGE.flags) == each.flags) {
        beginning = each;
      }
    }
    Histogram[] histograms = batch.histograms;
    if (histograms == null || batch.size == 0) {
      throw new IllegalArgumentException("a histogram chunk without histograms");
    }
    HistogramChunk chunk =
        encoding == WholeHistogramChunk.ENCODING
            ? new WholeHistogramChunk(beginning, histograms[0])
            : new FloatHistogramChunk(beginning, histograms[0]);
    chunk.writeFirst(batch.timestamps[0]);
    for (int i = 1; i < batch.size; i++) {
      chunk.write(batch.timestamps[i], stripped(histograms[i]));
    }
    return chunk;
  }

  /**
   * Appends a histogram; its time must be after the last one's. One thread at a time.
   *
   * @return this chunk where the histogram went into it; a chunk of one sample, to follow this one,
   *     where it could not; or a longer chunk that replaces this one, where all samples had to be
   *     written anew with more buckets
   */
  public HistogramChunk append(long tMillis, Histogram histogram) {
    if (size() == MAX_SIZE || isTorn) {
      return follow(tMillis, histogram);
    }
    Fit fit = fit(histogram);
    if (!fit.fits() || !takes(histogram)) {
      return start(beginningAfter(histogram, fit), tMillis, histogram);
    }
    if (histogram.isStaleMarker()) {
      write(tMillis, stripped(histogram));
      return this;
    }
    int[] positive = union(layout.positive(), histogram.positive().indexes());
    int[] negative = union(layout.negative(), histogram.negative().indexes());
    Histogram wide = widen(histogram, positive, negative);
    if (positive.length == layout.positive().length
        && negative.length == layout.negative().length) {
      write(tMillis, wide);
      return this;
    }
    HistogramChunk wider = rewrite(positive, negative);
    if (!wider.takes(wide)) {
      throw new IllegalStateException("a wider chunk refuses what the narrower one took");
    }
    wider.write(tMillis, wide);
    return wider;
  }

  /**
   * A chunk with one histogram that follows this one though this one could have taken it; for
   * writers who limit a chunk's size.
   */
  public HistogramChunk follow(long tMillis, Histogram histogram) {
    return start(beginningAfter(histogram, fit(histogram)), tMillis, histogram);
  }

  private Beginning beginningAfter(Histogram histogram, Fit fit) {
    if (histogram.counterResetHint() == CounterResetHint.GAUGE) {
      return Beginning.GAUGE;
    }
    if (histogram.counterResetHint() == CounterResetHint.RESET) {
      return Beginning.RESET;
    }
    return histogram.isWhole() == (encoding() == WholeHistogramChunk.ENCODING)
        ? fit.beginning()
        : Beginning.UNKNOWN;
  }

  /** Whether a histogram goes into this chunk; otherwise how the next chunk begins. */
  private enum Fit {
    FITS(Beginning.NOT_RESET),
    RESET(Beginning.RESET),
    OTHER(Beginning.UNKNOWN);

    private final Beginning beginning;

    Fit(Beginning beginning) {
      this.beginning = beginning;
    }

    boolean fits() {
      return this == FITS;
    }

    Beginning beginning() {
      return beginning;
    }
  }

  private Fit fit(Histogram h) {
    boolean gauge = h.counterResetHint() == CounterResetHint.GAUGE;
    if (gauge != (beginning == Beginning.GAUGE)) {
      return Fit.OTHER;
    }
    if (h.counterResetHint() == CounterResetHint.RESET) {
      return Fit.RESET;
    }
    if (h.isStaleMarker()) {
      return Fit.FITS;
    }
    if (last.isStaleMarker()) {
      return Fit.OTHER;
    }
    if (!gauge && h.count() < last.count()) {
      return Fit.RESET;
    }
    if (h.schema() != layout.schema() || h.zeroThreshold() != layout.zeroThreshold()) {
      return Fit.OTHER;
    }
    if (!Arrays.equals(h.customValues(), layout.customValues())) {
      return gauge ? Fit.OTHER : Fit.RESET;
    }
    boolean shrank =
        h.zeroCount() < last.zeroCount()
            || shrank(last.positive(), h.positive())
            || shrank(last.negative(), h.negative());
    return !gauge && shrank ? Fit.RESET : Fit.FITS;
  }

  private static boolean shrank(Buckets before, Buckets now) {
    int at = 0;
    for (int i = 0; i < before.size(); i++) {
      while (at < now.size() && now.index(at) < before.index(i)) {
        at++;
      }
      boolean there = at < now.size() && now.index(at) == before.index(i);
      if (there ? now.count(at) < before.count(i) : before.count(i) != 0) {
        return true;
      }
    }
    return false;
  }

  /** All indexes of the two; {@code a} itself where {@code b} adds none. */
  private static int[] union(int[] a, int[] b) {
    if (Arrays.equals(a, b)) {
      return a;
    }
    int[] both = new int[a.length + b.length];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      if (j == b.length || (i < a.length && a[i] < b[j])) {
        both[n++] = a[i++];
      } else if (i == a.length || b[j] < a[i]) {
        both[n++] = b[j++];
      } else {
        both[n++] = a[i++];
        j++;
      }
    }
    return n == a.length ? a : Arrays.copyOf(both, n);
  }

  private static Histogram widen(Histogram h, int[] positive, int[] negative) {
    if (h.positive().size() == positive.length && h.negative().size() == negative.length) {
      return h;
    }
    return h.toBuilder()
        .positive(widen(h.positive(), positive))
        .negative(widen(h.negative(), negative))
        .build();
  }

  private static Buckets widen(Buckets buckets, int[] indexes) {
    double[] counts = new double[indexes.length];
    int at = 0;
    for (int i = 0; i < buckets.size(); i++) {
      while (indexes[at] != buckets.index(i)) {
        at++;
      }
      counts[at] = buckets.count(i);
    }
    return Buckets.of(indexes, counts);
  }

  private HistogramChunk rewrite(int[] positive, int[] negative) {
    SampleBatch batch = new SampleBatch();
    decode(batch);
    Histogram[] histograms = batch.histograms;
    if (histograms == null) {
      throw new IllegalStateException("a histogram chunk without histograms");
    }
    HistogramChunk wider = null;
    for (int i = 0; i < batch.size; i++) {
      Histogram h = histograms[i];
      Histogram wide = h.isStaleMarker() ? h : widen(h, positive, negative);
      if (wider == null) {
        wider =
            encoding() == WholeHistogramChunk.ENCODING
                ? new WholeHistogramChunk(beginning, wide)
                : new FloatHistogramChunk(beginning, wide);
        wider.writeFirst(batch.timestamps[i]);
      } else {
        wider.write(batch.timestamps[i], wide);
      }
    }
    if (wider == null) {
      throw new IllegalStateException("a histogram chunk without histograms");
    }
    return wider;
  }

  /** A stale marker has nothing but its sum. */
  private static Histogram stripped(Histogram h) {
    return h.isStaleMarker() ? Histogram.builder().sum(h.sum()).build() : h;
  }

  private void writeFirst(long tMillis) {
    layout.write(out);
    out.putSignedVarbit(tMillis);
    putFirst(last);
    lastMillis = tMillis;
    publish(1);
  }

  private void write(long tMillis, Histogram h) {
    isTorn = true; // until all of it is there
    long delta = tMillis - lastMillis;
    out.putSignedVarbit(delta - lastDeltaMillis);
    put(h);
    lastMillis = tMillis;
    lastDeltaMillis = delta;
    last = h;
    publish(size() + 1);
    isTorn = false;
  }

  private void publish(int size) {
    published = ((long) size << 32) | out.position();
  }

  /** Whether the encoding takes this histogram's counts. */
  abstract boolean takes(Histogram h);

  /** Writes the counts and the sum of the first histogram. */
  abstract void putFirst(Histogram h);

  /** Writes how a histogram differs from {@link #last}. */
  abstract void put(Histogram h);

  HistogramLayout layout() {
    return layout;
  }

  @Override
  public int size() {
    return (int) (published >>> 32);
  }

  @Override
  public int byteSize() {
    return ((int) published + 7) >>> 3;
  }

  @Override
  public byte[] toBytes() {
    long state = published;
    int size = (int) (state >>> 32);
    int bits = (int) state;
    byte[] bytes = Arrays.copyOf(out.array(), (bits + 7) >>> 3);
    if ((bits & 7) != 0) {
      bytes[bytes.length - 1] &= (byte) (0xff00 >> (bits & 7));
    }
    bytes[0] = (byte) (size >>> 8);
    bytes[1] = (byte) size;
    bytes[2] = (byte) beginning.flags;
    return bytes;
  }

  @Override
  public void decode(SampleBatch batch) {
    int size = (int) (published >>> 32);
    byte[] array = out.array();
    BitReader in = new BitReader(array, HEADER_BYTES, array.length);
    HistogramDecoder.decode(encoding(), beginning == Beginning.GAUGE, in, size, batch);
  }

  /**
   * Decodes a chunk out of a block: {@code length} bytes as {@link #toBytes} returns them, {@code
   * encoding} as {@link #encoding}.
   *
   * @throws IllegalArgumentException when these are no such bytes
   */
  public static void decode(int encoding, byte[] data, int offset, int length, SampleBatch batch) {
    int size = ((data[offset] & 0xff) << 8) | (data[offset + 1] & 0xff);
    boolean gauge = (data[offset + 2] & Beginning.GAUGE.flags) == Beginning.GAUGE.flags;
    BitReader in = new BitReader(data, offset + HEADER_BYTES, offset + length);
    HistogramDecoder.decode(encoding, gauge, in, size, batch);
  }
}
