package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;

/**
 * What all histograms of a chunk have in common, written once at its start. Immutable; the arrays
 * that the accessors return are not to be changed.
 */
final class HistogramLayout {
  private static final int RAW_THRESHOLD = 255;

  /** Added to the exponent of a power of two to make it a byte from 1 to 254. */
  private static final int EXPONENT_OFFSET = 243;

  private static final double MAX_SHORT_BOUND_THOUSANDTHS = 33554430;

  private final int schema;
  private final double zeroThreshold;
  private final int[] positive;
  private final int[] negative;
  private final double[] customValues;

  private HistogramLayout(
      int schema, double zeroThreshold, int[] positive, int[] negative, double[] customValues) {
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.positive = positive;
    this.negative = negative;
    this.customValues = customValues;
  }

  int schema() {
    return schema;
  }

  double zeroThreshold() {
    return zeroThreshold;
  }

  /** The indexes of the positive buckets, ascending. */
  int[] positive() {
    return positive;
  }

  /** The indexes of the negative buckets, ascending. */
  int[] negative() {
    return negative;
  }

  double[] customValues() {
    return customValues;
  }

  static HistogramLayout of(Histogram h) {
    return new HistogramLayout(
        h.schema(),
        h.zeroThreshold(),
        h.positive().indexes(),
        h.negative().indexes(),
        h.customValues());
  }

  int buckets() {
    return positive.length + negative.length;
  }

  void write(BitAppender out) {
    writeZeroThreshold(out);
    out.putSignedVarbit(schema);
    writeSpans(out, positive);
    writeSpans(out, negative);
    if (schema == Histogram.CUSTOM_BUCKETS_SCHEMA) {
      out.putUnsignedVarbit(customValues.length);
      for (double bound : customValues) {
        writeBound(out, bound);
      }
    }
  }

  /** Powers of two from 2^-243 to 2^10 and zero take one byte. */
  private void writeZeroThreshold(BitAppender out) {
    long bits = Double.doubleToRawLongBits(zeroThreshold);
    int exponent = Math.getExponent(zeroThreshold) + 1;
    if (zeroThreshold == 0) {
      out.put(0, 8);
    } else if (bits > 0 && (bits << 12) == 0 && exponent >= -242 && exponent <= 11) {
      out.put(exponent + EXPONENT_OFFSET, 8);
    } else {
      out.put(RAW_THRESHOLD, 8);
      out.put(bits, 64);
    }
  }

  private static void writeSpans(BitAppender out, int[] indexes) {
    int[] spans = Buckets.of(indexes, new double[indexes.length]).spans();
    out.putUnsignedVarbit(spans.length / 2);
    for (int i = 0; i < spans.length; i += 2) {
      out.putUnsignedVarbit(spans[i + 1]);
      out.putSignedVarbit(spans[i]);
    }
  }

  /** Multiples of 0.001 up to 33554.43 are written as whole numbers. */
  private static void writeBound(BitAppender out, double bound) {
    double thousandths = bound * 1000;
    if (thousandths < 0
        || thousandths > MAX_SHORT_BOUND_THOUSANDTHS
        || Math.round(thousandths) / 1000.0 != bound) {
      out.put(0, 1);
      out.put(Double.doubleToRawLongBits(bound), 64);
    } else {
      out.putUnsignedVarbit(Math.round(thousandths) + 1);
    }
  }

  /**
   * @throws IllegalArgumentException when this is no layout
   */
  static HistogramLayout read(BitReader in) {
    double zeroThreshold = readZeroThreshold(in);
    int schema = (int) in.signedVarbit();
    if (schema != Histogram.CUSTOM_BUCKETS_SCHEMA && (schema < -9 || schema > 52)) {
      throw new IllegalArgumentException("histogram chunk has the unknown schema " + schema);
    }
    int[] positive = readSpans(in);
    int[] negative = readSpans(in);
    double[] customValues = {};
    if (schema == Histogram.CUSTOM_BUCKETS_SCHEMA) {
      customValues = new double[length(in)];
      for (int i = 0; i < customValues.length; i++) {
        long thousandths = in.unsignedVarbit();
        customValues[i] = thousandths == 0 ? in.rawDouble() : (thousandths - 1) / 1000.0;
      }
    }
    return new HistogramLayout(schema, zeroThreshold, positive, negative, customValues);
  }

  private static double readZeroThreshold(BitReader in) {
    int first = (int) in.bits(8);
    if (first == RAW_THRESHOLD) {
      return in.rawDouble();
    }
    return first == 0 ? 0 : Math.scalb(0.5, first - EXPONENT_OFFSET);
  }

  private static int[] readSpans(BitReader in) {
    int[] spans = new int[2 * length(in)];
    int buckets = 0;
    for (int i = 0; i < spans.length; i += 2) {
      spans[i + 1] = length(in);
      spans[i] = (int) in.signedVarbit();
      buckets += spans[i + 1];
    }
    return Buckets.ofSpans(spans, new double[buckets]).indexes();
  }

  private static int length(BitReader in) {
    long length = in.unsignedVarbit();
    if (length < 0 || length > 1 << 20 || in.isBeyondEnd()) {
      throw new IllegalArgumentException("histogram chunk is damaged: a length of " + length);
    }
    return (int) length;
  }
}
