package dnd.metrics.server.exposition;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a family's samples into metrics as events know them. Counters stay counters; the quantiles
 * of a summary become gauges, its sum and count counters; a histogram's lines become one metric;
 * everything else is a gauge.
 */
final class FamilyMetrics {
  private final Family family;
  private final CreationTimes created;
  private final List<Metric> metrics;

  FamilyMetrics(Family family, CreationTimes created, List<Metric> metrics) {
    this.family = family;
    this.created = created;
    this.metrics = metrics;
  }

  void add() throws ExpositionException {
    if (family.type == Family.Type.HISTOGRAM) {
      addHistograms();
      return;
    }
    for (ExpositionSample sample : family.samples) {
      if (created.has(sample)) {
        continue;
      }
      metrics.add(isCounter(sample) ? counter(sample) : gauge(sample, family.help, family.unit));
    }
  }

  private boolean isCounter(ExpositionSample sample) {
    return switch (family.type) {
      case COUNTER -> true;
      // A sum may be of negative observations, and then it is no counter.
      case SUMMARY -> !sample.name().equals(family.name) && sample.value() >= 0;
      case GAUGE, HISTOGRAM, GAUGEHISTOGRAM, INFO, STATESET, UNTYPED, UNKNOWN -> false;
    };
  }

  private Metric counter(ExpositionSample sample) {
    return new Metric(
        sample.name(),
        MetricType.COUNTER,
        sample.value(),
        null,
        sample.labels(),
        sample.timestampMillis(),
        created.millis(sample),
        false,
        family.help,
        family.unit);
  }

  static Metric gauge(ExpositionSample sample, @Nullable String help, @Nullable String unit) {
    return new Metric(
        sample.name(),
        MetricType.GAUGE,
        sample.value(),
        null,
        sample.labels(),
        sample.timestampMillis(),
        null,
        false,
        help,
        unit);
  }

  /** The lines of one histogram. */
  private static final class Lines {
    final TreeMap<Double, Double> buckets = new TreeMap<>();
    @Nullable Double sum;
    @Nullable Double count;
    @Nullable Long timestampMillis;
    int line;
  }

  private void addHistograms() throws ExpositionException {
    Map<Map<String, String>, Lines> histograms = new LinkedHashMap<>();
    for (ExpositionSample sample : family.samples) {
      if (created.has(sample)) {
        continue;
      }
      boolean bucket = sample.name().endsWith("_bucket");
      Lines lines =
          histograms.computeIfAbsent(
              bucket ? sample.labelsWithout("le") : sample.labels(), labels -> new Lines());
      lines.line = sample.line();
      if (sample.timestampMillis() != null) {
        lines.timestampMillis = sample.timestampMillis();
      }
      if (bucket) {
        lines.buckets.put(bound(sample), sample.value());
      } else if (sample.name().endsWith("_sum")) {
        lines.sum = sample.value();
      } else if (sample.name().endsWith("_count")) {
        lines.count = sample.value();
      } else {
        throw new ExpositionException(
            sample.line(), sample.name() + " is no part of the histogram " + family.name);
      }
    }
    for (Map.Entry<Map<String, String>, Lines> entry : histograms.entrySet()) {
      metrics.add(histogram(entry.getKey(), entry.getValue()));
    }
  }

  private Metric histogram(Map<String, String> labels, Lines lines) throws ExpositionException {
    Double count = lines.count == null ? lines.buckets.get(Double.POSITIVE_INFINITY) : lines.count;
    if (count == null) {
      throw new ExpositionException(
          lines.line,
          "the histogram " + family.name + " has neither a _count nor a bucket with le=\"+Inf\"");
    }
    double sum = lines.sum == null ? Double.NaN : lines.sum;
    return new Metric(
        family.name,
        MetricType.HISTOGRAM,
        0,
        new ClassicHistogram(count, sum, lines.buckets),
        labels,
        lines.timestampMillis,
        null,
        false,
        family.help,
        family.unit);
  }

  private static double bound(ExpositionSample sample) throws ExpositionException {
    String le = sample.labels().get("le");
    if (le == null) {
      throw new ExpositionException(sample.line(), "a bucket has no label \"le\"");
    }
    if (le.equals("+Inf") || le.equals("Inf")) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      return Double.parseDouble(le);
    } catch (NumberFormatException e) {
      throw new ExpositionException(sample.line(), "the bound \"" + le + "\" is not a number");
    }
  }
}
