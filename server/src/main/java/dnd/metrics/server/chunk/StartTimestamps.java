package dnd.metrics.server.chunk;

import org.jspecify.annotations.Nullable;

/**
 * The start timestamps in a chunk of Prometheus's newer encodings ({@code tsdb/chunkenc/st.go},
 * docs/format/chunks.md): behind each sample there is how its start timestamp differs from what one
 * expects, from the sample on at which the first change is. For one thread.
 */
final class StartTimestamps {
  private static final int KNOWN = 0x80;

  private final boolean isFirstKnown;

  /** The number of the first sample whose start timestamp is another; 0 for none. */
  private final int firstChange;

  private final BitReader in;
  private final long[] millis;
  private long current;
  private long difference;

  /**
   * @param header the byte that says what there is
   * @param size how many samples there are
   */
  StartTimestamps(int header, int size, BitReader in) {
    this.isFirstKnown = (header & KNOWN) != 0;
    this.firstChange = header & ~KNOWN & 0xff;
    this.in = in;
    this.millis = isFirstKnown || firstChange > 0 ? new long[size] : new long[0];
  }

  /**
   * Reads what is behind a sample, of which all else is read.
   *
   * @param before the time of the one before; of the first it means nothing
   */
  void read(int sample, long time, long before) {
    if (millis.length == 0) {
      return;
    }
    if (sample == 0) {
      if (isFirstKnown) {
        current = time - in.signedVarint();
      }
    } else if (firstChange > 0 && sample >= firstChange) {
      difference = in.signedVarbit() + (sample == firstChange ? 0 : difference);
      current = before - difference;
    }
    millis[sample] = current;
  }

  /** Of each sample, not copied; null where none is known. */
  long @Nullable [] all() {
    return millis.length == 0 ? null : millis;
  }
}
