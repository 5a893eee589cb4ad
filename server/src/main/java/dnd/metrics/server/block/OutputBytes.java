package dnd.metrics.server.block;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Bytes on their way into a file, with numbers as Prometheus's block files have them: big-endian,
 * or of seven bits a byte. For one thread.
 */
final class OutputBytes {
  private byte[] bytes = new byte[256];
  private int size;

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  private void ensureRoom(int n) {
    if (size + n > bytes.length) {
      if (size + n < 0) {
        throw new IllegalStateException("a section of a block's index exceeds 2 GiB");
      }
      long wanted = Math.min(Integer.MAX_VALUE - 8L, Math.max(size + n, bytes.length * 2L));
      bytes = Arrays.copyOf(bytes, (int) wanted);
    }
  }

  void putByte(int value) {
    ensureRoom(1);
    bytes[size++] = (byte) value;
  }

  /** The lower 32 bits. */
  void putInt(long value) {
    ensureRoom(4);
    bytes[size++] = (byte) (value >>> 24);
    bytes[size++] = (byte) (value >>> 16);
    bytes[size++] = (byte) (value >>> 8);
    bytes[size++] = (byte) value;
  }

  void putLong(long value) {
    putInt(value >>> 32);
    putInt(value);
  }

  /** Seven bits a byte, lowest first; the number counts as unsigned. */
  void putUvarint(long value) {
    ensureRoom(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A signed number, zigzag. */
  void putVarint(long value) {
    putUvarint((value << 1) ^ (value >> 63));
  }

  void put(byte[] from, int offset, int length) {
    ensureRoom(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  void putString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    putUvarint(utf8.length);
    put(utf8, 0, utf8.length);
  }

  /** Overwrites four bytes that were put before. */
  void setInt(int at, long value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  /** Appends the checksum of what is there from {@code from} on. */
  void putChecksum(int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, size - from);
    putInt(crc.getValue());
  }
}
