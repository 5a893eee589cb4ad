package dnd.metrics.server.head;

import dnd.metrics.server.wal.EventRecord;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The body of a checkpoint's frame being written; {@link CheckpointCursor} reads it. Numbers are
 * those of docs/format/wal.md. Reused from frame to frame; not thread-safe.
 */
final class CheckpointBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FEW = 63;
  private static final int FIRST_BYTES = 1 << 16;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  ByteBuffer content() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  /** A new array of all. */
  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }

  /** Four bytes. */
  void int32(int value) {
    ensure(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  /** Eight bytes. */
  void int64(long value) {
    ensure(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  void single(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void unsigned(long value) {
    ensure(10);
    long v = value;
    while ((v & ~0x7fL) != 0) {
      bytes[size++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    bytes[size++] = (byte) v;
  }

  void signed(long value) {
    unsigned((value << 1) ^ (value >> 63));
  }

  void raw(double value) {
    ensure(8);
    LONG.set(bytes, size, Double.doubleToRawLongBits(value));
    size += 8;
  }

  void string(String text) {
    block(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many, and they. */
  void block(byte[] some) {
    unsigned(some.length);
    ensure(some.length);
    System.arraycopy(some, 0, bytes, size, some.length);
    size += some.length;
  }

  /** As they are. */
  void bytes(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** As they are. */
  void bytes(CheckpointBytes other) {
    bytes(other.bytes, 0, other.size);
  }

  /**
   * Ascending numbers: few as how many and the distance of each to the one before, many as zero,
   * how many bytes, and a bitmap in RoaringBitmap's portable format.
   */
  void numbers(RoaringBitmap numbers) {
    int count = numbers.getCardinality();
    if (count > 0 && count <= FEW) {
      unsigned(count);
      int before = 0;
      IntIterator each = numbers.getIntIterator();
      while (each.hasNext()) {
        int number = each.next();
        unsigned(number - before);
        before = number;
      }
      return;
    }
    unsigned(0);
    int length = numbers.serializedSizeInBytes();
    unsigned(length);
    ensure(length);
    numbers.serialize(ByteBuffer.wrap(bytes, size, length));
    size += length;
  }

  /** How many bytes, and they. */
  void record(EventRecord record) {
    unsigned(record.length());
    ensure(record.length());
    record.copyTo(bytes, size);
    size += record.length();
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
