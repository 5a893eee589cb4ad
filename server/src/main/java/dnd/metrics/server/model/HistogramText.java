package dnd.metrics.server.model;

import java.util.ArrayList;
import java.util.List;

/** Histograms as Prometheus prints them. */
final class HistogramText {
  private HistogramText() {}

  /** {@code {count:3, sum:4, [-0.1,0.1]:1, (1,2]:2}}, without empty buckets. */
  static String print(Histogram h) {
    StringBuilder out = new StringBuilder("{count:").append(GoFloat.format(h.count()));
    out.append(", sum:").append(GoFloat.format(h.sum()));
    for (int i = h.negative().size() - 1; i >= 0; i--) {
      double lower = -BucketBounds.exponential(h.negative().index(i), h.schema());
      double upper = -BucketBounds.exponential(h.negative().index(i) - 1, h.schema());
      bucket(out, lower < 0, lower, upper, upper > 0, h.negative().count(i));
    }
    bucket(out, true, -h.zeroThreshold(), h.zeroThreshold(), true, h.zeroCount());
    for (int i = 0; i < h.positive().size(); i++) {
      int index = h.positive().index(i);
      double count = h.positive().count(i);
      if (h.hasCustomBuckets()) {
        double lower = BucketBounds.custom(index - 1, h.customValues());
        double upper = BucketBounds.custom(index, h.customValues());
        bucket(out, index == 0, lower, upper, true, count);
      } else {
        double lower = BucketBounds.exponential(index - 1, h.schema());
        double upper = BucketBounds.exponential(index, h.schema());
        bucket(out, lower < 0, lower, upper, upper > 0, count);
      }
    }
    return out.append('}').toString();
  }

  private static void bucket(
      StringBuilder out,
      boolean lowerInclusive,
      double lower,
      double upper,
      boolean upperInclusive,
      double count) {
    if (count == 0) {
      return;
    }
    out.append(", ").append(lowerInclusive ? '[' : '(').append(GoFloat.format(lower));
    out.append(',').append(GoFloat.format(upper)).append(upperInclusive ? ']' : ')');
    out.append(':').append(GoFloat.format(count));
  }

  /** {@code {{schema:1 sum:10 count:5 buckets:[1 2 2]}}}. */
  static String testExpression(Histogram h) {
    List<String> parts = new ArrayList<>();
    if (h.schema() != 0) {
      parts.add("schema:" + h.schema());
    }
    number(parts, "count", h.count());
    number(parts, "sum", h.sum());
    number(parts, "z_bucket", h.zeroCount());
    number(parts, "z_bucket_w", h.zeroThreshold());
    if (h.hasCustomBuckets()) {
      parts.add("custom_values:" + numbers(h.customValues()));
    }
    switch (h.counterResetHint()) {
      case UNKNOWN -> {}
      case RESET -> parts.add("counter_reset_hint:reset");
      case NOT_RESET -> parts.add("counter_reset_hint:not_reset");
      case GAUGE -> parts.add("counter_reset_hint:gauge");
    }
    buckets(parts, "offset", "buckets", h.positive().withoutEmpty());
    buckets(parts, "n_offset", "n_buckets", h.negative().withoutEmpty());
    return "{{" + String.join(" ", parts) + "}}";
  }

  private static void number(List<String> parts, String name, double value) {
    if (value != 0) {
      parts.add(name + ":" + GoFloat.format(value));
    }
  }

  private static void buckets(List<String> parts, String offset, String name, Buckets buckets) {
    if (buckets.isEmpty()) {
      return;
    }
    int first = buckets.index(0);
    if (first != 0) {
      parts.add(offset + ":" + first);
    }
    double[] counts = new double[buckets.index(buckets.size() - 1) - first + 1];
    for (int i = 0; i < buckets.size(); i++) {
      counts[buckets.index(i) - first] = buckets.count(i);
    }
    parts.add(name + ":" + numbers(counts));
  }

  private static String numbers(double[] values) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < values.length; i++) {
      out.append(i == 0 ? "" : " ").append(GoFloat.format(values[i]));
    }
    return out.append(']').toString();
  }
}
