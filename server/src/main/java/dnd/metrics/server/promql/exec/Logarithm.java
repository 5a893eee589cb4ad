package dnd.metrics.server.promql.exec;

/** Powers of two and their inverse, exact where the result is a whole number. */
final class Logarithm {
  private static final double PER_NATURAL = 1 / Math.log(2);

  private Logarithm() {}

  /** The logarithm to base two. */
  static double log2(double x) {
    if (!(x > 0) || Double.isInfinite(x) || x < Double.MIN_NORMAL) {
      return Math.log(x) * PER_NATURAL;
    }
    int exponent = Math.getExponent(x) + 1;
    double fraction = Math.scalb(x, -exponent);
    return fraction == 0.5 ? exponent - 1 : Math.log(fraction) * PER_NATURAL + exponent;
  }

  static double exp2(double x) {
    return Math.pow(2, x);
  }

  /**
   * Which part of a bucket's observations is at or below {@code v} inside the bucket, when they are
   * spread evenly on a logarithmic scale. The bucket does not contain zero.
   */
  static double exponentialShare(double lower, double upper, double v) {
    double logLower = log2(Math.abs(lower));
    double logUpper = log2(Math.abs(upper));
    double logV = log2(Math.abs(v));
    return v > 0
        ? (logV - logLower) / (logUpper - logLower)
        : 1 - (logV - logUpper) / (logLower - logUpper);
  }

  /** The same when they are spread evenly. */
  static double linearShare(double lower, double upper, double v) {
    return (v - lower) / (upper - lower);
  }
}
