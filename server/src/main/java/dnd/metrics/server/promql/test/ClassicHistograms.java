package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.NumberText;
import dnd.metrics.server.promql.test.MemorySeries.MemorySample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes native histograms with custom buckets of classic ones ({@code foo_bucket{le="..."}}, {@code
 * foo_count}, {@code foo_sum}), as Prometheus's util/convertnhcb does.
 */
final class ClassicHistograms {
  private static final String LE = "le";

  private ClassicHistograms() {}

  /**
   * The native histograms of the classic ones among {@code series}.
   *
   * @throws IllegalArgumentException where one's counts contradict each other
   */
  static Map<Labels, List<MemorySample>> convert(Map<Labels, List<MemorySample>> series) {
    Map<Labels, Map<Long, Collected>> collected = new LinkedHashMap<>();
    series.forEach((labels, samples) -> collect(labels, samples, collected));
    Map<Labels, List<MemorySample>> converted = new LinkedHashMap<>();
    collected.forEach((labels, byTime) -> {
      List<MemorySample> samples = new ArrayList<>();
      byTime.forEach((time, parts) -> samples.add(new MemorySample(time, 0, parts.convert(), 0)));
      converted.put(labels, samples);
    });
    return converted;
  }

  private static void collect(
      Labels labels, List<MemorySample> samples, Map<Labels, Map<Long, Collected>> into) {
    String name = labels.metricName();
    String suffix = suffix(name);
    if (suffix.isEmpty()) {
      return;
    }
    double bound = 0;
    if (suffix.equals("_bucket")) {
      try {
        bound = parseBound(labels.get(LE));
      } catch (NumberFormatException e) {
        return; // No bucket of a classic histogram.
      }
      if (Double.isNaN(bound)) {
        return;
      }
    }
    Labels base =
        labels.toBuilder()
            .set(Labels.METRIC_NAME, name.substring(0, name.length() - suffix.length()))
            .remove(LE)
            .build();
    Map<Long, Collected> byTime = into.computeIfAbsent(base, b -> new TreeMap<>());
    for (MemorySample sample : samples) {
      if (sample.histogram() != null) {
        continue;
      }
      Collected parts = byTime.computeIfAbsent(sample.timeMillis(), t -> new Collected());
      switch (suffix) {
        case "_bucket" -> parts.buckets.putIfAbsent(bound, sample.value());
        case "_count" -> parts.setCount(sample.value());
        default -> parts.sum = sample.value();
      }
    }
  }

  private static double parseBound(String text) {
    return text.startsWith("-") ? -NumberText.parse(text.substring(1)) : NumberText.parse(text);
  }

  private static String suffix(String name) {
    for (String suffix : List.of("_bucket", "_sum", "_count")) {
      if (name.endsWith(suffix)) {
        return suffix;
      }
    }
    return "";
  }

  /** The parts of one histogram at one time. */
  private static final class Collected {
    /** Cumulative counts by upper bound. */
    final TreeMap<Double, Double> buckets = new TreeMap<>();

    double sum;
    private double count;
    private boolean hasCount;

    void setCount(double newCount) {
      count = newCount;
      hasCount = true;
    }

    Histogram convert() {
      double total = hasCount || buckets.isEmpty() ? count : buckets.lastEntry().getValue();
      buckets.putIfAbsent(Double.POSITIVE_INFINITY, total);
      double[] bounds = new double[buckets.size() - 1];
      double[] counts = new double[buckets.size()];
      double before = 0;
      int i = 0;
      for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
        if (bucket.getValue() < before) {
          throw new IllegalArgumentException(
              "count is not cumulative: " + bucket.getValue() + " < " + before);
        }
        counts[i] = bucket.getValue() - before;
        before = bucket.getValue();
        if (i < bounds.length) {
          bounds[i] = bucket.getKey();
        }
        i++;
      }
      if (total != before) {
        throw new IllegalArgumentException(
            "count mismatch: count=" + total + " != le=+Inf count=" + before);
      }
      return Histogram.builder()
          .schema(Histogram.CUSTOM_BUCKETS_SCHEMA)
          .count(total)
          .sum(sum)
          .customValues(bounds)
          .positive(Buckets.contiguous(0, counts))
          .build();
    }
  }
}
