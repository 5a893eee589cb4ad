package dnd.metrics.server.chunk;

/**
 * Bits at the end of a growing byte array. One thread appends. Readers take the array with {@link
 * #array} after they learned how far it is written; what was written stays.
 */
final class BitAppender {
  private volatile byte[] array;
  private int position;

  /** Begins behind {@code headerBytes} bytes of zeros. */
  BitAppender(int headerBytes, int capacity) {
    array = new byte[capacity];
    position = headerBytes * 8;
  }

  byte[] array() {
    return array;
  }

  /** How many bits are written, header included; for the writer. */
  int position() {
    return position;
  }

  void put(long bits, int n) {
    byte[] data = array;
    if (position + n > data.length << 3) {
      data = Bits.grow(data, (long) position + n);
      array = data;
    }
    Bits.put(data, position, n == 64 ? bits : bits & ((1L << n) - 1), n);
    position += n;
  }

  void putSignedVarbit(long value) {
    putVarbit(value, Varbit.onesForSigned(value));
  }

  void putUnsignedVarbit(long value) {
    putVarbit(value, Varbit.onesForUnsigned(value));
  }

  private void putVarbit(long value, int ones) {
    if (ones == 8) {
      put(0xff, 8);
    } else {
      put(((1L << ones) - 1) << 1, ones + 1);
    }
    if (ones > 0) {
      put(value, Varbit.size(ones));
    }
  }
}
