package dnd.metrics.server.chunk;

/**
 * Reads bits one number after the other. Behind the end there are zeros; {@link #isBeyondEnd} tells
 * afterwards. For one thread.
 */
final class BitReader {
  private final byte[] data;
  private final int limit;
  private int position;

  /** Reads bytes from {@code start} to before {@code limit}. */
  BitReader(byte[] data, int start, int limit) {
    this.data = data;
    this.limit = limit;
    this.position = start << 3;
  }

  boolean isBeyondEnd() {
    return position > (long) limit << 3;
  }

  long bits(int n) {
    long bits = Bits.get(data, limit, position, n);
    position += n;
    return bits;
  }

  boolean bit() {
    return bits(1) != 0;
  }

  double rawDouble() {
    return Double.longBitsToDouble(bits(64));
  }

  /** A number in groups of seven bits, the lowest first, as in Go's {@code encoding/binary}. */
  long unsignedVarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      long group = bits(8);
      value |= (group & 0x7f) << shift;
      if (group < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number does not end");
  }

  long signedVarint() {
    long value = unsignedVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  private int ones() {
    int ones = Math.min(8, Long.numberOfLeadingZeros(~Bits.peek(data, limit, position)));
    position += ones == 8 ? 8 : ones + 1;
    return ones;
  }

  long signedVarbit() {
    int n = Varbit.size(ones());
    if (n == 0) {
      return 0;
    }
    long value = bits(n);
    return n < 64 && value > 1L << (n - 1) ? value - (1L << n) : value;
  }

  long unsignedVarbit() {
    int n = Varbit.size(ones());
    return n == 0 ? 0 : bits(n);
  }
}
