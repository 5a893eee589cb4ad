package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import java.util.Arrays;

/** When two native histograms count as equal: floats within the tolerance, empty buckets aside. */
final class HistogramComparison {
  private HistogramComparison() {}

  /**
   * Compares them.
   *
   * @param withHint whether the counter reset hints must be equal too
   */
  static boolean equal(Histogram a, Histogram b, boolean withHint) {
    return a.schema() == b.schema()
        && Tolerance.equal(a.count(), b.count())
        && Tolerance.equal(a.sum(), b.sum())
        && a.zeroThreshold() == b.zeroThreshold()
        && Tolerance.equal(a.zeroCount(), b.zeroCount())
        && (!a.hasCustomBuckets() || Arrays.equals(a.customValues(), b.customValues()))
        && equal(a.positive(), b.positive())
        && equal(a.negative(), b.negative())
        && (!withHint || a.counterResetHint() == b.counterResetHint());
  }

  private static boolean equal(Buckets a, Buckets b) {
    int i = nextFilled(a, 0);
    int j = nextFilled(b, 0);
    while (i < a.size() && j < b.size()) {
      if (a.index(i) != b.index(j) || !Tolerance.equal(a.count(i), b.count(j))) {
        return false;
      }
      i = nextFilled(a, i + 1);
      j = nextFilled(b, j + 1);
    }
    return i == a.size() && j == b.size();
  }

  private static int nextFilled(Buckets buckets, int from) {
    int i = from;
    while (i < buckets.size() && buckets.count(i) == 0) {
      i++;
    }
    return i;
  }
}
