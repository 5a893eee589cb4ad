package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.StaleMarker;
import java.util.Arrays;

/** Decodes both kinds of histogram chunks. The histograms share what their layout says. */
final class HistogramDecoder {
  /** Whole counts, and start timestamps. */
  static final int WHOLE_WITH_STARTS = 5;

  /** Other counts, and start timestamps. */
  static final int FLOAT_WITH_STARTS = 6;

  /** Where there are start timestamps, two bits of the number of samples are the chunk's flags. */
  static final int SIZE_WITH_STARTS = 0x3fff;

  private final HistogramLayout layout;
  private final BitReader in;
  private final StartTimestamps starts;
  private long count;
  private long countDelta;
  private long zeroCount;
  private long zeroCountDelta;
  private double sum;
  private final long[] steps;
  private final long[] stepDeltas;

  private HistogramDecoder(HistogramLayout layout, StartTimestamps starts, BitReader in) {
    this.layout = layout;
    this.starts = starts;
    this.in = in;
    this.steps = new long[layout.buckets()];
    this.stepDeltas = new long[layout.buckets()];
  }

  static void decode(int encoding, boolean gauge, BitReader in, int size, SampleBatch batch) {
    if (encoding != WholeHistogramChunk.ENCODING && encoding != FloatHistogramChunk.ENCODING) {
      throw new IllegalArgumentException("no histogram encoding: " + encoding);
    }
    StartTimestamps none = new StartTimestamps(0, size, in);
    decode(encoding == WholeHistogramChunk.ENCODING, gauge, none, in, size, batch);
  }

  static boolean hasStarts(int encoding) {
    return encoding == WHOLE_WITH_STARTS || encoding == FLOAT_WITH_STARTS;
  }

  /** Decodes the bytes of a chunk with start timestamps, which has its flags elsewhere. */
  static void decodeWithStarts(
      int encoding, byte[] data, int offset, int length, SampleBatch batch) {
    int size = (((data[offset] & 0xff) << 8) | (data[offset + 1] & 0xff)) & SIZE_WITH_STARTS;
    int gaugeFlags = HistogramChunk.Beginning.GAUGE.flags;
    boolean gauge = (data[offset] & gaugeFlags) == gaugeFlags;
    BitReader in = new BitReader(data, offset + HistogramChunk.HEADER_BYTES, offset + length);
    StartTimestamps starts = new StartTimestamps(data[offset + 2] & 0xff, size, in);
    decode(encoding == WHOLE_WITH_STARTS, gauge, starts, in, size, batch);
    batch.startTimestamps = starts.all();
  }

  private static void decode(
      boolean whole,
      boolean gauge,
      StartTimestamps starts,
      BitReader in,
      int size,
      SampleBatch batch) {
    batch.clear();
    batch.ensureCapacity(size);
    Histogram[] histograms = new Histogram[size];
    if (size > 0) {
      HistogramLayout layout = HistogramLayout.read(in);
      HistogramDecoder decoder = new HistogramDecoder(layout, starts, in);
      if (whole) {
        decoder.decodeWhole(gauge, batch.timestamps, histograms);
      } else {
        decoder.decodeFloat(gauge, batch.timestamps, histograms);
      }
    }
    if (in.isBeyondEnd()) {
      throw new IllegalArgumentException("histogram chunk of " + size + " samples ends too early");
    }
    batch.histograms = histograms;
    batch.size = size;
  }

  private void decodeWhole(boolean gauge, long[] times, Histogram[] histograms) {
    XorWindows sumWindow = new XorWindows(1);
    long delta = 0;
    for (int i = 0; i < histograms.length; i++) {
      if (i == 0) {
        times[0] = in.signedVarbit();
        count = in.unsignedVarbit();
        zeroCount = in.unsignedVarbit();
        sum = in.rawDouble();
      } else {
        delta += in.signedVarbit();
        times[i] = times[i - 1] + delta;
        countDelta += in.signedVarbit();
        count += countDelta;
        zeroCountDelta += in.signedVarbit();
        zeroCount += zeroCountDelta;
        sum = sumWindow.get(in, 0, sum);
        if (StaleMarker.is(sum)) {
          histograms[i] = stale();
          starts.read(i, times[i], times[i - 1]);
          continue;
        }
      }
      double[] positive = wholeCounts(0, layout.positive().length, i == 0);
      double[] negative = wholeCounts(positive.length, layout.negative().length, i == 0);
      histograms[i] =
          StaleMarker.is(sum)
              ? stale()
              : histogram(hint(gauge, i), (double) count, (double) zeroCount, positive, negative);
      starts.read(i, times[i], i == 0 ? 0 : times[i - 1]);
    }
  }

  private double[] wholeCounts(int slot, int n, boolean first) {
    double[] counts = new double[n];
    long current = 0;
    for (int i = 0; i < n; i++) {
      long number = in.signedVarbit();
      if (first) {
        steps[slot + i] = number;
      } else {
        stepDeltas[slot + i] += number;
        steps[slot + i] += stepDeltas[slot + i];
      }
      current += steps[slot + i];
      counts[i] = current;
    }
    return counts;
  }

  private void decodeFloat(boolean gauge, long[] times, Histogram[] histograms) {
    int n = FloatHistogramChunk.BUCKETS + layout.buckets();
    int firstNegative = FloatHistogramChunk.BUCKETS + layout.positive().length;
    XorWindows windows = new XorWindows(n);
    double[] values = new double[n];
    long delta = 0;
    for (int i = 0; i < histograms.length; i++) {
      if (i == 0) {
        times[0] = in.signedVarbit();
        for (int slot = 0; slot < n; slot++) {
          values[slot] = in.rawDouble();
        }
      } else {
        delta += in.signedVarbit();
        times[i] = times[i - 1] + delta;
        for (int slot = 0; slot < n; slot++) {
          if (slot == FloatHistogramChunk.BUCKETS
              && StaleMarker.is(values[FloatHistogramChunk.SUM])) {
            break;
          }
          values[slot] = windows.get(in, slot, values[slot]);
        }
      }
      sum = values[FloatHistogramChunk.SUM];
      histograms[i] =
          StaleMarker.is(sum)
              ? stale()
              : histogram(
                  hint(gauge, i),
                  values[FloatHistogramChunk.COUNT],
                  values[FloatHistogramChunk.ZERO_COUNT],
                  Arrays.copyOfRange(values, FloatHistogramChunk.BUCKETS, firstNegative),
                  Arrays.copyOfRange(values, firstNegative, n));
      starts.read(i, times[i], i == 0 ? 0 : times[i - 1]);
    }
  }

  /**
   * Behind the first histogram of a chunk there is no reset. Of the first nothing is said: the
   * chunk before it may be gone.
   */
  private static CounterResetHint hint(boolean gauge, int i) {
    if (gauge) {
      return CounterResetHint.GAUGE;
    }
    return i == 0 ? CounterResetHint.UNKNOWN : CounterResetHint.NOT_RESET;
  }

  private Histogram stale() {
    return Histogram.builder().sum(sum).build();
  }

  private Histogram histogram(
      CounterResetHint hint, double count, double zeroCount, double[] positive, double[] negative) {
    Histogram h =
        Histogram.builder()
            .counterResetHint(hint)
            .schema(layout.schema())
            .zeroThreshold(layout.zeroThreshold())
            .zeroCount(zeroCount)
            .count(count)
            .sum(sum)
            .positive(Buckets.of(layout.positive(), positive))
            .negative(Buckets.of(layout.negative(), negative))
            .customValues(layout.customValues())
            .build();
    // Finer schemas than today's are reserved; later versions of Prometheus may write them.
    return layout.schema() > Histogram.MAX_SCHEMA
        ? h.toSchema(Histogram.MAX_SCHEMA).withCounterResetHint(hint)
        : h;
  }
}
