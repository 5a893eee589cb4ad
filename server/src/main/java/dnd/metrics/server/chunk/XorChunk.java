package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Floats in Prometheus's XOR encoding, bit for bit as {@code tsdb/chunkenc/xor.go} writes them
 * (docs/format/chunks.md). One thread appends, any number decode meanwhile without locks.
 *
 * <p>Bits once written never change: the writer sets the bits of a sample, then publishes the
 * number of samples and of bits together with one release. A reader takes that number first
 * (acquire) and the array after it, so the array it sees holds at least those bits. An array that
 * became too small is copied; its readers go on with the old one. Who only wants the newest sample
 * and knows its time {@link #copyNewest has} it without the others.
 *
 * <p>There is one of these for every active series, so its state is fields, and the array starts
 * small.
 */
public final class XorChunk implements Chunk {
  public static final int ENCODING = 1;

  /** The most samples a chunk takes: the header counts them in two bytes. */
  public static final int MAX_SIZE = 0xffff;

  /** The header's length: the number of samples, big-endian; {@link #toBytes} fills it in. */
  private static final int HEADER_BYTES = 2;

  private static final int FIRST_BYTES = 32;
  private static final byte NO_WINDOW = -1;

  private static final VarHandle DATA;
  private static final VarHandle PUBLISHED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      DATA = lookup.findVarHandle(XorChunk.class, "data", byte[].class);
      PUBLISHED = lookup.findVarHandle(XorChunk.class, "published", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Read through {@link #DATA} by others than the writer. */
  private byte[] data;

  /** Samples in the upper half, bits in the lower; read through {@link #PUBLISHED} by others. */
  private long published = HEADER_BYTES * 8;

  /** Written before {@link #lastValueBits}, and read behind it by others than the writer. */
  private long lastMillis;

  private long lastValueBits;

  // The rest is the writer's alone.
  private long lastDeltaMillis;

  /** Leading zero bits of the window that the last changed value was written in. */
  private byte leading = NO_WINDOW;

  /** Trailing zero bits of that window. */
  private byte trailing;

  /** What appending goes on from, beside the bytes: for the writer, and for whoever keeps it. */
  public record Continuation(
      int samples,
      int bits,
      long lastMillis,
      long lastDeltaMillis,
      double lastValue,
      byte leading,
      byte trailing) {}

  /** An empty chunk. */
  public XorChunk() {
    this(new byte[FIRST_BYTES]);
  }

  private XorChunk(byte[] data) {
    this.data = data;
  }

  /**
   * An empty chunk with room for about as much as is in this one, so that it need not grow to that
   * again; for the writer.
   */
  public XorChunk follow() {
    int bytes = byteSize();
    return new XorChunk(new byte[Math.max(FIRST_BYTES, (bytes + (bytes >> 4) + 15) & ~7)]);
  }

  /**
   * A chunk that goes on where another one stood.
   *
   * @param bytes as {@link #toBytes} returned them
   */
  public static XorChunk resumed(byte[] bytes, Continuation from) {
    int length = (from.bits + 7) >>> 3;
    if (length != bytes.length || from.samples < 1 || from.bits <= HEADER_BYTES * 8) {
      throw new IllegalArgumentException(from + " does not fit " + bytes.length + " bytes");
    }
    XorChunk chunk = new XorChunk();
    byte[] data = Arrays.copyOf(bytes, Math.max(FIRST_BYTES, (length + 15) & ~7));
    data[0] = 0;
    data[1] = 0;
    chunk.lastMillis = from.lastMillis;
    chunk.lastDeltaMillis = from.lastDeltaMillis;
    chunk.lastValueBits = Double.doubleToRawLongBits(from.lastValue);
    chunk.leading = from.leading;
    chunk.trailing = from.trailing;
    DATA.setRelease(chunk, data);
    PUBLISHED.setRelease(chunk, ((long) from.samples << 32) | from.bits);
    return chunk;
  }

  /** For the writer. */
  public Continuation continuation() {
    long state = published;
    return new Continuation(
        (int) (state >>> 32),
        (int) state,
        lastMillis,
        lastDeltaMillis,
        Double.longBitsToDouble(lastValueBits),
        leading,
        trailing);
  }

  /**
   * Appends a sample; its time must be after the last one's. One thread at a time. Where there is
   * no memory for it the chunk stays as it was.
   *
   * @throws IllegalStateException when the chunk holds {@link #MAX_SIZE} samples
   */
  public void append(long tMillis, double value) {
    try {
      write(tMillis, value);
    } catch (OutOfMemoryError e) {
      Bits.clearFrom(data, (int) published); // writing only ever sets bits
      throw e;
    }
  }

  /** All but the bits changes when these are written. */
  private void write(long tMillis, double value) {
    int size = (int) (published >>> 32);
    if (size == MAX_SIZE) {
      throw new IllegalStateException("chunk is full");
    }
    int position = (int) published;
    long valueBits = Double.doubleToRawLongBits(value);
    if (size > 1) {
      long delta = tMillis - lastMillis;
      long change = delta - lastDeltaMillis;
      if (change == 0) {
        // The commonest start of a sample: one zero bit, which is there already.
        position = putValue(position + 1, valueBits);
      } else {
        position = putValue(putDeltaChange(position, change), valueBits);
      }
      lastDeltaMillis = delta;
    } else if (size == 1) {
      long delta = tMillis - lastMillis;
      position = putValue(putVarint(position, delta), valueBits);
      lastDeltaMillis = delta;
    } else {
      position = putVarint(position, (tMillis << 1) ^ (tMillis >> 63));
      position = put(position, valueBits, 64);
    }
    lastMillis = tMillis;
    VarHandle.storeStoreFence(); // costs nothing on x86
    lastValueBits = valueBits;
    PUBLISHED.setRelease(this, ((long) (size + 1) << 32) | position);
  }

  /**
   * Copies the newest sample, for any thread that has seen its time from behind its {@link
   * #append}: so its value is there, and where there is a later one by now, so is its time.
   *
   * @return false where it is not the newest any more, or not in this chunk
   */
  public boolean copyNewest(long millis, SampleBatch into) {
    long valueBits = lastValueBits;
    VarHandle.loadLoadFence();
    if (lastMillis != millis) {
      return false;
    }
    into.clear();
    into.size = 1;
    into.timestamps[0] = millis;
    into.values[0] = Double.longBitsToDouble(valueBits);
    return true;
  }

  private int putDeltaChange(int position, long change) {
    if (fits(change, 14)) {
      return put(position, (0b10L << 14) | (change & 0x3fff), 16);
    }
    if (fits(change, 17)) {
      return put(position, (0b110L << 17) | (change & 0x1ffff), 20);
    }
    if (fits(change, 20)) {
      return put(position, (0b1110L << 20) | (change & 0xfffff), 24);
    }
    return put(put(position, 0b1111, 4), change, 64);
  }

  /** Whether Prometheus writes {@code x} in n bits; the range leans to the positive side. */
  private static boolean fits(long x, int n) {
    return -((1L << (n - 1)) - 1) <= x && x <= 1L << (n - 1);
  }

  private int putValue(int position, long valueBits) {
    long xor = valueBits ^ lastValueBits;
    if (xor == 0) {
      return put(position, 0, 1);
    }
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
    int newTrailing = Long.numberOfTrailingZeros(xor);
    if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
      int significant = 64 - leading - trailing;
      if (significant <= 62) {
        return put(position, (0b10L << significant) | (xor >>> trailing), significant + 2);
      }
      return put(put(position, 0b10, 2), xor >>> trailing, significant);
    }
    int significant = 64 - newLeading - newTrailing;
    long head = (0b11L << 11) | ((long) newLeading << 6) | (significant & 63);
    int end =
        significant <= 51
            ? put(position, (head << significant) | (xor >>> newTrailing), significant + 13)
            : put(put(position, head, 13), xor >>> newTrailing, significant);
    leading = (byte) newLeading;
    trailing = (byte) newTrailing;
    return end;
  }

  private int putVarint(int position, long value) {
    int at = position;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      at = put(at, (rest & 0x7f) | 0x80, 8);
      rest >>>= 7;
    }
    return put(at, rest, 8);
  }

  private int put(int position, long bits, int n) {
    byte[] array = data;
    if (position + n > array.length << 3) {
      array = Bits.grow(array, (long) position + n);
      DATA.setRelease(this, array);
    }
    Bits.put(array, position, bits, n);
    return position + n;
  }

  /**
   * Brings what an append needs into the processor's cache; for the writer. Called for many chunks
   * one after the other, it lets them be fetched side by side. What it returns means nothing.
   */
  public int touch() {
    byte[] array = data;
    int at = (int) published >>> 3;
    return at < array.length ? array[at] : 0;
  }

  /** The time of the last sample; for the writer. Unspecified when the chunk is empty. */
  public long lastMillis() {
    return lastMillis;
  }

  /** The value of the last sample; for the writer. Unspecified when the chunk is empty. */
  public double lastValue() {
    return Double.longBitsToDouble(lastValueBits);
  }

  @Override
  public int encoding() {
    return ENCODING;
  }

  @Override
  public int size() {
    return (int) ((long) PUBLISHED.getAcquire(this) >>> 32);
  }

  @Override
  public int byteSize() {
    return ((int) (long) PUBLISHED.getAcquire(this) + 7) >>> 3;
  }

  /** The array's length, which is what the chunk costs in memory beside the object itself. */
  public int capacity() {
    return ((byte[]) DATA.getAcquire(this)).length;
  }

  @Override
  public byte[] toBytes() {
    long state = (long) PUBLISHED.getAcquire(this);
    int size = (int) (state >>> 32);
    int bits = (int) state;
    byte[] bytes = Arrays.copyOf((byte[]) DATA.getAcquire(this), (bits + 7) >>> 3);
    if ((bits & 7) != 0) {
      // Bits of a sample that is being appended right now do not belong to this snapshot.
      bytes[bytes.length - 1] &= (byte) (0xff00 >> (bits & 7));
    }
    bytes[0] = (byte) (size >>> 8);
    bytes[1] = (byte) size;
    return bytes;
  }

  @Override
  public void decode(SampleBatch batch) {
    long state = (long) PUBLISHED.getAcquire(this);
    byte[] array = (byte[]) DATA.getAcquire(this);
    decode(array, HEADER_BYTES, array.length, (int) (state >>> 32), batch);
  }

  /**
   * Decodes a chunk out of a block: {@code length} bytes as {@link #toBytes} returns them.
   *
   * @throws IllegalArgumentException when the bytes end before the samples do
   */
  public static void decode(byte[] data, int offset, int length, SampleBatch batch) {
    int size = ((data[offset] & 0xff) << 8) | (data[offset + 1] & 0xff);
    decode(data, offset + HEADER_BYTES, offset + length, size, batch);
  }

  /** One loop over all samples: the place where queries spend their time. */
  private static void decode(byte[] data, int start, int limit, int size, SampleBatch batch) {
    batch.clear();
    batch.ensureCapacity(size);
    if (size == 0) {
      return;
    }
    long[] times = batch.timestamps;
    double[] values = batch.values;

    int shift = 0;
    long varint = 0;
    int b;
    int p = start << 3;
    do {
      b = (int) (Bits.peek(data, limit, p) >>> 56);
      varint |= (long) (b & 0x7f) << shift;
      shift += 7;
      p += 8;
    } while (b >= 0x80 && shift < 70);
    long t = (varint >>> 1) ^ -(varint & 1);
    long v = Bits.get(data, limit, p, 64);
    p += 64;
    times[0] = t;
    values[0] = Double.longBitsToDouble(v);

    long delta = 0;
    if (size > 1) {
      shift = 0;
      do {
        b = (int) (Bits.peek(data, limit, p) >>> 56);
        delta |= (long) (b & 0x7f) << shift;
        shift += 7;
        p += 8;
      } while (b >= 0x80 && shift < 70);
    }
    int trailing = 0;
    int significant = 64;
    for (int i = 1; i < size; i++) {
      long word = Bits.peek(data, limit, p);
      if (i > 1) {
        if (word >= 0) {
          p++;
          word <<= 1;
        } else {
          // 10, 110, 1110 and 1111 announce 14, 17, 20 and 64 bits.
          int ones = Long.numberOfLeadingZeros(~word);
          if (ones >= 4) {
            delta += Bits.get(data, limit, p + 4, 64);
            p += 68;
          } else {
            int n = 11 + 3 * ones;
            long change = (word << (ones + 1)) >>> (64 - n);
            if (change > 1L << (n - 1)) {
              change -= 1L << n;
            }
            delta += change;
            p += ones + 1 + n;
          }
          word = Bits.peek(data, limit, p);
        }
      }
      t += delta;
      // At least 56 bits of the word are good here.
      if (word >= 0) {
        p++;
      } else if (word << 1 >= 0) {
        p += 2;
        long bits =
            significant <= 54
                ? (word << 2) >>> (64 - significant)
                : Bits.get(data, limit, p, significant);
        v ^= bits << trailing;
        p += significant;
      } else {
        int leading = (int) (word << 2 >>> 59);
        significant = (int) (word << 7 >>> 58);
        if (significant == 0) {
          significant = 64;
        }
        trailing = 64 - leading - significant;
        p += 13;
        long bits =
            significant <= 43
                ? (word << 13) >>> (64 - significant)
                : Bits.get(data, limit, p, significant);
        v ^= bits << trailing;
        p += significant;
      }
      times[i] = t;
      values[i] = Double.longBitsToDouble(v);
    }
    if (p > (long) limit << 3) {
      throw new IllegalArgumentException(
          "XOR chunk of " + size + " samples ends too early: " + limit + " bytes");
    }
    batch.size = size;
  }
}
