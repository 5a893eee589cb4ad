package dnd.metrics.server.head;

import dnd.metrics.server.wal.EventRecordReader;
import dnd.metrics.server.wal.EventRecordVisitor;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads what {@link CheckpointBytes} wrote, whose checksum is taken to be right. Not thread-safe.
 */
final class CheckpointCursor {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;
  private final int end;

  CheckpointCursor(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** Of a copy of a body. */
  static CheckpointCursor of(ByteBuffer body) {
    byte[] bytes = new byte[body.remaining()];
    body.get(body.position(), bytes);
    return new CheckpointCursor(bytes, 0, bytes.length);
  }

  boolean hasMore() {
    return at < end;
  }

  int single() {
    return bytes[at++] & 0xff;
  }

  long unsigned() {
    byte b = bytes[at++];
    long value = b & 0x7f;
    for (int shift = 7; b < 0; shift += 7) {
      b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
    }
    return value;
  }

  int count() {
    return (int) unsigned();
  }

  long signed() {
    long v = unsigned();
    return (v >>> 1) ^ -(v & 1);
  }

  double raw() {
    double value = Double.longBitsToDouble((long) LONG.get(bytes, at));
    at += 8;
    return value;
  }

  String string() {
    int length = count();
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  /** Passes over what {@link #block} or {@link #record} would read. */
  void skipBlock() {
    int length = count();
    at += length;
  }

  int position() {
    return at;
  }

  /** Goes back to where it was. */
  void position(int position) {
    at = position;
  }

  byte[] block() {
    int length = count();
    byte[] some = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return some;
  }

  /** Writes all that is left. */
  void copyRest(CheckpointBytes out) {
    out.bytes(bytes, at, end - at);
    at = end;
  }

  /** What {@link CheckpointBytes#numbers} wrote of few numbers; null, and not read, of others. */
  int @Nullable [] fewNumbers() {
    int begin = at;
    int[] few = new int[count()];
    if (few.length == 0) {
      at = begin;
      return null;
    }
    int number = 0;
    for (int i = 0; i < few.length; i++) {
      number += count();
      few[i] = number;
    }
    return few;
  }

  /** What {@link CheckpointBytes#numbers} wrote. */
  RoaringBitmap numbers() {
    int[] few = fewNumbers();
    if (few != null) {
      return RoaringBitmap.bitmapOf(few);
    }
    RoaringBitmap numbers = new RoaringBitmap();
    at++; // the zero that tells it from few
    int length = count();
    try {
      numbers.deserialize(ByteBuffer.wrap(bytes, at, length));
    } catch (IOException e) {
      throw new IllegalStateException("no bitmap where one is expected", e);
    }
    at += length;
    return numbers;
  }

  void record(EventRecordReader reader, EventRecordVisitor visitor) {
    int length = count();
    reader.read(bytes, at, length, visitor);
    at += length;
  }
}
