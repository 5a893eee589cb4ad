package dnd.metrics.server.promql.exec;

/** A set of steps, a bit each. For one thread. */
final class StepMask {
  private final long[] words;
  private final int steps;

  StepMask(int steps) {
    this.steps = steps;
    this.words = new long[(steps + 63) >> 6];
  }

  static long heapBytes(int steps) {
    return 48L + steps / 8;
  }

  boolean has(int step) {
    return (words[step >> 6] & (1L << step)) != 0;
  }

  void set(int step) {
    words[step >> 6] |= 1L << step;
  }

  /** Adds the steps at which a series has a sample. */
  void addSamplesOf(StepSeries series) {
    double[] values = series.values;
    for (int w = 0; w < words.length; w++) {
      if (words[w] == -1L) {
        continue;
      }
      int from = w << 6;
      int to = Math.min(steps, from + 64);
      long bits = 0;
      if (series.histograms == null) {
        for (int i = from; i < to; i++) {
          bits |= Double.doubleToRawLongBits(values[i]) == Absent.BITS ? 0 : 1L << i;
        }
      } else {
        for (int i = from; i < to; i++) {
          bits |= series.has(i) ? 1L << i : 0;
        }
      }
      words[w] |= bits;
    }
  }

  /** Whether all steps are in the set. */
  boolean isFull() {
    int whole = steps >> 6;
    for (int w = 0; w < whole; w++) {
      if (words[w] != -1L) {
        return false;
      }
    }
    int rest = steps & 63;
    return rest == 0 || words[whole] == (1L << rest) - 1;
  }
}
