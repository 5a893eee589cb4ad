package dnd.metrics.server.chunk;

import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.StaleMarker;

/**
 * Decodes floats in Prometheus's encoding XOR2 ({@code tsdb/chunkenc/xor2.go},
 * docs/format/chunks.md), which blocks of Prometheus 3.14 may have. It is only read here. For one
 * thread.
 */
final class Xor2Decoder {
  static final int ENCODING = 4;

  /** Number of samples (two bytes), what there is of start timestamps (one). */
  private static final int HEADER_BYTES = 3;

  private final BitReader in;
  private long time;
  private long delta;

  /** The last value that was no stale marker: values are told by what differs from it. */
  private long value;

  private int leading;
  private int trailing;

  private Xor2Decoder(BitReader in) {
    this.in = in;
  }

  /**
   * @throws IllegalArgumentException when the bytes end before the samples do
   */
  static void decode(byte[] data, int offset, int length, SampleBatch batch) {
    int size = ((data[offset] & 0xff) << 8) | (data[offset + 1] & 0xff);
    BitReader in = new BitReader(data, offset + HEADER_BYTES, offset + length);
    StartTimestamps starts = new StartTimestamps(data[offset + 2] & 0xff, size, in);
    batch.clear();
    batch.ensureCapacity(size);
    Xor2Decoder decoder = new Xor2Decoder(in);
    for (int i = 0; i < size; i++) {
      long before = decoder.time;
      batch.values[i] =
          switch (i) {
            case 0 -> decoder.first();
            case 1 -> decoder.second();
            default -> decoder.next();
          };
      batch.timestamps[i] = decoder.time;
      starts.read(i, decoder.time, before);
    }
    if (in.isBeyondEnd()) {
      throw new IllegalArgumentException("XOR2 chunk of " + size + " samples ends too early");
    }
    batch.startTimestamps = starts.all();
    batch.size = size;
  }

  private double first() {
    time = in.signedVarint();
    double read = in.rawDouble();
    value = StaleMarker.is(read) ? 0 : Double.doubleToRawLongBits(read);
    return read;
  }

  private double second() {
    delta = in.unsignedVarint();
    time += delta;
    return changed();
  }

  /** One to five ones say what follows: most often the time is as expected. */
  private double next() {
    int ones = 0;
    while (ones < 5 && in.bit()) {
      ones++;
    }
    return switch (ones) {
      case 0 -> {
        time += delta;
        yield current();
      }
      case 1 -> {
        time += delta;
        yield in.bit() ? inNewWindow() : inWindow();
      }
      case 2 -> changedAt(13);
      case 3 -> changedAt(20);
      case 4 -> changedAt(64);
      default -> {
        time += delta;
        yield StaleMarker.VALUE;
      }
    };
  }

  private double changedAt(int bits) {
    delta += in.bits(bits) << (64 - bits) >> (64 - bits);
    time += delta;
    return changed();
  }

  private double changed() {
    if (!in.bit()) {
      return current();
    }
    if (!in.bit()) {
      return inWindow();
    }
    return in.bit() ? StaleMarker.VALUE : inNewWindow();
  }

  private double current() {
    return Double.longBitsToDouble(value);
  }

  private double inWindow() {
    int significant = 64 - leading - trailing;
    if (significant < 1) {
      throw new IllegalArgumentException("XOR2 chunk with a window of " + significant + " bits");
    }
    value ^= in.bits(significant) << trailing;
    return current();
  }

  private double inNewWindow() {
    leading = (int) in.bits(5);
    int significant = (int) in.bits(6);
    trailing = 64 - leading - (significant == 0 ? 64 : significant);
    if (trailing < 0) {
      throw new IllegalArgumentException("XOR2 chunk with a window beyond 64 bits");
    }
    return inWindow();
  }
}
