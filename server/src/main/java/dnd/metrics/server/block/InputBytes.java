package dnd.metrics.server.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a mapped file's bytes and numbers one after the other; whatever is behind the end or cannot
 * be is told by a {@link DamagedBlockException}. For one thread.
 */
final class InputBytes {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment data;
  private final String file;
  private final long base;
  private final long limit;
  private long position;

  /**
   * @param file how messages name it
   */
  InputBytes(MemorySegment data, String file) {
    this(data, 0, file);
  }

  /**
   * Of a part of a file, from its beginning on.
   *
   * @param base where in the file it begins
   */
  InputBytes(MemorySegment data, long base, String file) {
    this.data = data;
    this.file = file;
    this.base = base;
    this.limit = base + data.byteSize();
    this.position = base;
  }

  long position() {
    return position;
  }

  InputBytes at(long newPosition) {
    if (newPosition < base || newPosition > limit) {
      throw damage(newPosition, "something should be here, behind the end");
    }
    position = newPosition;
    return this;
  }

  DamagedBlockException damage(long offset, String problem) {
    return new DamagedBlockException(file, offset, problem);
  }

  private void need(long n) {
    if (n < 0 || n > limit - position) {
      throw damage(position, "the file ends too early");
    }
  }

  int int8() {
    need(1);
    return data.get(ValueLayout.JAVA_BYTE, position++ - base) & 0xff;
  }

  int int32() {
    need(4);
    int value = data.get(INT, position - base);
    position += 4;
    return value;
  }

  long unsignedInt32() {
    return Integer.toUnsignedLong(int32());
  }

  long int64() {
    need(8);
    long value = data.get(LONG, position - base);
    position += 8;
    return value;
  }

  long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      need(1);
      byte b = data.get(ValueLayout.JAVA_BYTE, position++ - base);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damage(position, "a number does not end");
  }

  long varint() {
    long value = uvarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** The length of something that follows. */
  int length() {
    long at = position;
    long length = uvarint();
    if (length < 0 || length > limit - position || length > Integer.MAX_VALUE - 16) {
      throw damage(at, "a length of " + Long.toUnsignedString(length));
    }
    return (int) length;
  }

  void skip(long n) {
    need(n);
    position += n;
  }

  byte[] bytes(int length) {
    need(length);
    byte[] bytes = new byte[length];
    read(bytes, length);
    return bytes;
  }

  void read(byte[] into, int length) {
    need(length);
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, position - base, into, 0, length);
    position += length;
  }

  String string() {
    return new String(bytes(length()), StandardCharsets.UTF_8);
  }
}
