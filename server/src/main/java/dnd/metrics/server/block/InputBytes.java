package dnd.metrics.server.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file's bytes and numbers one after the other; whatever is behind the end or cannot be is
 * told by a {@link DamagedBlockException}. Of a mapped file all is at hand; of one that is far away
 * a window, which is small at first and grows where one reads on. For one thread.
 */
final class InputBytes {
  private static final int FIRST_WINDOW_BYTES = 512;
  private static final int LARGEST_WINDOW_BYTES = 1 << 16;

  /** No chunk, no entry of a series and no text of anybody's comes near. */
  private static final int MOST_BYTES = 64 << 20;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final String file;

  /** Where the file ends. */
  private final long end;

  private final @Nullable FarBytes far;

  /** What is at hand: the bytes from {@code base} to {@code limit}. */
  private MemorySegment data;

  private long base;
  private long limit;
  private long position;
  private int nextWindowBytes = FIRST_WINDOW_BYTES;

  /**
   * Of a file that is mapped.
   *
   * @param file how messages name it
   */
  InputBytes(MemorySegment data, String file) {
    this.data = data;
    this.file = file;
    this.end = data.byteSize();
    this.far = null;
    this.limit = end;
  }

  /** Of a file that is far away. */
  InputBytes(FarBytes far) {
    this.data = MemorySegment.NULL;
    this.file = far.name();
    this.end = far.byteSize();
    this.far = far;
  }

  long position() {
    return position;
  }

  InputBytes at(long newPosition) {
    if (newPosition < 0 || newPosition > end) {
      throw damage(newPosition, "something should be here, behind the end");
    }
    position = newPosition;
    if (newPosition < base || newPosition > limit) {
      base = newPosition;
      limit = newPosition;
    }
    return this;
  }

  DamagedBlockException damage(long offset, String problem) {
    return new DamagedBlockException(file, offset, problem);
  }

  private void need(long n) {
    if (n < 0 || n > limit - position) {
      moveWindow(n);
    }
  }

  private void moveWindow(long n) {
    FarBytes from = far;
    if (n < 0 || n > end - position || from == null) {
      throw damage(position, "the file ends too early");
    }
    data = from.read(position, (int) Math.min(end - position, Math.max(n, nextWindowBytes)));
    base = position;
    limit = base + data.byteSize();
    nextWindowBytes = Math.min(8 * nextWindowBytes, LARGEST_WINDOW_BYTES);
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
    if (length < 0 || length > end - position || length > MOST_BYTES) {
      throw damage(at, "a length of " + Long.toUnsignedString(length));
    }
    return (int) length;
  }

  void skip(long n) {
    if (n < 0 || n > end - position) {
      throw damage(position, "the file ends too early");
    }
    at(position + n);
  }

  /** The checksum of bytes, which are skipped. */
  int checksum(long length) {
    CRC32C crc = new CRC32C();
    long left = length;
    while (left > 0) {
      if (position == limit) {
        need(Math.min(left, FIRST_WINDOW_BYTES));
      }
      long n = Math.min(Math.min(left, limit - position), 1 << 30);
      crc.update(data.asSlice(position - base, n).asByteBuffer());
      position += n;
      left -= n;
    }
    return (int) crc.getValue();
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
