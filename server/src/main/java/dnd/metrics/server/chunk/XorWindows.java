package dnd.metrics.server.chunk;

import java.util.Arrays;

/**
 * The XOR encoding of several values side by side: for each, the window of bits in which it last
 * changed. A writer and a reader keep in step, each with windows of its own.
 */
final class XorWindows {
  private static final byte NONE = -1;

  private final byte[] leading;
  private final byte[] trailing;

  XorWindows(int values) {
    leading = new byte[values];
    trailing = new byte[values];
    Arrays.fill(leading, NONE);
  }

  void put(BitAppender out, int slot, double value, double last) {
    long xor = Double.doubleToRawLongBits(value) ^ Double.doubleToRawLongBits(last);
    if (xor == 0) {
      out.put(0, 1);
      return;
    }
    int newLeading = Math.min(31, Long.numberOfLeadingZeros(xor));
    int newTrailing = Long.numberOfTrailingZeros(xor);
    if (leading[slot] != NONE && newLeading >= leading[slot] && newTrailing >= trailing[slot]) {
      out.put(0b10, 2);
      out.put(xor >>> trailing[slot], 64 - leading[slot] - trailing[slot]);
      return;
    }
    leading[slot] = (byte) newLeading;
    trailing[slot] = (byte) newTrailing;
    int significant = 64 - newLeading - newTrailing;
    out.put((0b11L << 11) | ((long) newLeading << 6) | (significant & 63), 13);
    out.put(xor >>> newTrailing, significant);
  }

  double get(BitReader in, int slot, double last) {
    if (!in.bit()) {
      return last;
    }
    if (in.bit()) {
      leading[slot] = (byte) in.bits(5);
      int significant = (int) in.bits(6);
      trailing[slot] = (byte) (64 - leading[slot] - (significant == 0 ? 64 : significant));
    }
    int significant = 64 - leading[slot] - trailing[slot];
    if (significant <= 0 || significant > 64) {
      throw new IllegalArgumentException("histogram chunk is damaged: no window for a value");
    }
    long xor = in.bits(significant) << trailing[slot];
    return Double.longBitsToDouble(Double.doubleToRawLongBits(last) ^ xor);
  }
}
