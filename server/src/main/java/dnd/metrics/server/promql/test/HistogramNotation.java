package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.parse.GoFloats;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Writes native histograms as the test language does: {@code {{schema:1 count:3 ...}}}. */
final class HistogramNotation {
  private HistogramNotation() {}

  static String format(Histogram h) {
    StringJoiner out = new StringJoiner(" ", "{{", "}}");
    if (h.schema() != 0) {
      out.add("schema:" + h.schema());
    }
    addNumber(out, "count", h.count());
    addNumber(out, "sum", h.sum());
    addNumber(out, "z_bucket", h.zeroCount());
    addNumber(out, "z_bucket_w", h.zeroThreshold());
    if (h.customValues().length > 0) {
      out.add("custom_values:" + list(h.customValues()));
    }
    if (h.counterResetHint() != CounterResetHint.UNKNOWN) {
      out.add("counter_reset_hint:" + h.counterResetHint().name().toLowerCase(Locale.ROOT));
    }
    addBuckets(out, "", h.positive());
    addBuckets(out, "n_", h.negative());
    return out.toString();
  }

  private static void addNumber(StringJoiner out, String name, double value) {
    if (value != 0) {
      out.add(name + ":" + GoFloats.formatShortest(value));
    }
  }

  /** Adds a side's buckets, those missing between its ends as zeros. */
  private static void addBuckets(StringJoiner out, String prefix, Buckets buckets) {
    if (buckets.isEmpty()) {
      return;
    }
    int first = buckets.index(0);
    double[] counts = new double[buckets.index(buckets.size() - 1) - first + 1];
    for (int i = 0; i < buckets.size(); i++) {
      counts[buckets.index(i) - first] = buckets.count(i);
    }
    if (first != 0) {
      out.add(prefix + "offset:" + first);
    }
    out.add(prefix + "buckets:" + list(counts));
  }

  private static String list(double[] values) {
    return Arrays.stream(values)
        .mapToObj(GoFloats::formatShortest)
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
