package dnd.metrics.server.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bits in byte arrays, the highest of a byte first, up to 64 at once. Positions are counted in bits
 * from the array's start. Writing only ever sets bits (the array behind the written part is zero),
 * so a reader of earlier bits is not disturbed by a writer.
 */
final class Bits {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bits() {}

  /**
   * Writes the {@code n} (1 to 64) right-most bits of {@code bits}, the others being zero, at
   * {@code position}. The array must have room.
   */
  static void put(byte[] data, int position, long bits, int n) {
    int index = position >>> 3;
    int shift = position & 7;
    long word = bits << (64 - n);
    if (index + 8 <= data.length) {
      LONG.set(data, index, (long) LONG.get(data, index) | (word >>> shift));
      if (shift + n > 64) {
        data[index + 8] = (byte) (word << (8 - shift));
      }
      return;
    }
    data[index] |= (byte) (word >>> (56 + shift));
    for (int written = 8 - shift; written < n; written += 8) {
      data[++index] = (byte) ((word << written) >>> 56);
    }
  }

  /** Makes all bits from {@code position} on zero again. */
  static void clearFrom(byte[] data, int position) {
    int index = position >>> 3;
    if (index < data.length) {
      data[index] &= (byte) (0xff00 >> (position & 7));
      Arrays.fill(data, index + 1, data.length, (byte) 0);
    }
  }

  /**
   * The bits from {@code position} on, left-aligned; at least 57 of them are meant, and those
   * behind {@code limit} (a length in bytes) are zero.
   */
  static long peek(byte[] data, int limit, int position) {
    int index = position >>> 3;
    if (index + 8 <= limit) {
      return (long) LONG.get(data, index) << (position & 7);
    }
    return peekNearEnd(data, limit, index) << (position & 7);
  }

  private static long peekNearEnd(byte[] data, int limit, int index) {
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word <<= 8;
      if (index + i < limit) {
        word |= data[index + i] & 0xff;
      }
    }
    return word;
  }

  /** Reads {@code n} bits (1 to 64) as an unsigned number. */
  static long get(byte[] data, int limit, int position, int n) {
    if (n <= 57) {
      return peek(data, limit, position) >>> (64 - n);
    }
    int index = position >>> 3;
    int shift = position & 7;
    if (index + 9 <= limit) {
      long word = (long) LONG.get(data, index) << shift;
      return (word | ((data[index + 8] & 0xff) >>> (8 - shift))) >>> (64 - n);
    }
    long high = peek(data, limit, position) >>> 32;
    return (high << (n - 32)) | (peek(data, limit, position + 32) >>> (96 - n));
  }

  /** A copy with room for {@code bits} bits and some more; lengths suit the heap's alignment. */
  static byte[] grow(byte[] data, long bits) {
    long needed = (bits + 7) >>> 3;
    long wanted = Math.max(needed, data.length + Math.max(16, data.length / 2));
    return Arrays.copyOf(data, Math.toIntExact((wanted + 7) & ~7L));
  }
}
