package dnd.metrics.server.head;

import dnd.metrics.server.wal.EventRecord;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The body of a checkpoint's frame being written; {@link CheckpointCursor} reads it. Numbers are
 * those of docs/format/wal.md. Reused from frame to frame; not thread-safe.
 */
final class CheckpointBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
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

  /** How many, and they. */
  void block(CheckpointBytes other) {
    unsigned(other.size);
    ensure(other.size);
    System.arraycopy(other.bytes, 0, bytes, size, other.size);
    size += other.size;
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
