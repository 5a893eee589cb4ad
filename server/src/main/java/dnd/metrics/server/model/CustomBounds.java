package dnd.metrics.server.model;

import java.util.Arrays;

/** The bounds of custom buckets: ascending upper bounds without +Inf. */
final class CustomBounds {
  private CustomBounds() {}

  /** The bounds that both have. */
  static double[] intersection(double[] a, double[] b) {
    double[] common = new double[Math.min(a.length, b.length)];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        common[n++] = a[i++];
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return Arrays.copyOf(common, n);
  }

  /** Buckets with {@code bounds} as they are with the fewer bounds {@code common}. */
  static double[] spread(Buckets buckets, double[] bounds, double[] common) {
    double[] counts = new double[common.length + 1];
    int target = 0;
    for (int i = 0; i < buckets.size(); i++) {
      int index = buckets.index(i);
      if (index >= bounds.length) {
        target = common.length;
      }
      while (target < common.length && common[target] < bounds[index]) {
        target++;
      }
      counts[target] += buckets.count(i);
    }
    return counts;
  }
}
