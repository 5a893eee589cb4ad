package dnd.metrics.client.prometheus;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Exemplar;
import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import dnd.metrics.events.NativeHistogram;
import dnd.metrics.events.WholeHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.NativeHistogramBucket;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the data points of one family into metrics, under the names that its text exposition has.
 * Quantiles, infos and states become gauges, sums and counts of summaries counters. A histogram
 * that has both kinds of buckets is sent as both.
 */
final class FamilyMetrics {
  private final MetricMetadata metadata;
  private final String name;
  private final List<Metric> metrics;

  FamilyMetrics(MetricMetadata metadata, List<Metric> metrics) {
    this.metadata = metadata;
    this.name = metadata.getPrometheusName();
    this.metrics = metrics;
  }

  void add(MetricSnapshot family) {
    if (family instanceof CounterSnapshot counters) {
      String total = withSuffix("_total");
      counters
          .getDataPoints()
          .forEach(point ->
              add(
                  point,
                  total,
                  MetricType.COUNTER,
                  point.getValue(),
                  null,
                  labels(point.getLabels()),
                  exemplars(point.getExemplar())));
    } else if (family instanceof GaugeSnapshot gauges) {
      gauges.getDataPoints().forEach(point -> gauge(point, name, point.getValue()));
    } else if (family instanceof UnknownSnapshot unknowns) {
      unknowns.getDataPoints().forEach(point -> gauge(point, name, point.getValue()));
    } else if (family instanceof InfoSnapshot infos) {
      infos.getDataPoints().forEach(point -> gauge(point, withSuffix("_info"), 1));
    } else if (family instanceof StateSetSnapshot states) {
      states.getDataPoints().forEach(this::states);
    } else if (family instanceof SummarySnapshot summaries) {
      summaries.getDataPoints().forEach(this::summary);
    } else if (family instanceof HistogramSnapshot histograms) {
      boolean gauge = histograms.isGaugeHistogram();
      histograms.getDataPoints().forEach(point -> histogram(point, gauge));
    } else {
      throw new IllegalStateException("unknown kind of metric: " + family.getClass());
    }
  }

  private String withSuffix(String suffix) {
    return name.endsWith(suffix) ? name : name + suffix;
  }

  private void states(StateSetSnapshot.StateSetDataPointSnapshot point) {
    for (int i = 0; i < point.size(); i++) {
      Map<String, String> labels = labels(point.getLabels());
      labels.put(name, point.getName(i));
      gauge(point, name, point.isTrue(i) ? 1 : 0, labels);
    }
  }

  private void summary(SummarySnapshot.SummaryDataPointSnapshot point) {
    for (Quantile quantile : point.getQuantiles()) {
      Map<String, String> labels = labels(point.getLabels());
      labels.put("quantile", Double.toString(quantile.getQuantile()));
      gauge(point, name, quantile.getValue(), labels);
    }
    if (point.hasCount()) {
      counter(point, name + "_count", (double) point.getCount());
    }
    if (point.hasSum()) {
      sum(point, name + "_sum", point.getSum());
    }
  }

  /** A sum of negative observations is no counter. */
  private void sum(DataPointSnapshot point, String sumName, double sum) {
    if (sum >= 0) {
      counter(point, sumName, sum);
    } else {
      gauge(point, sumName, sum);
    }
  }

  private void histogram(HistogramDataPointSnapshot point, boolean gauge) {
    if (gauge) {
      gaugeHistogram(point);
      return;
    }
    if (point.hasNativeHistogramData()) {
      whole(
          point,
          new NativeHistogram(
              point.getNativeSchema(),
              point.getCount(),
              sumOf(point),
              point.getNativeZeroThreshold(),
              point.getNativeZeroCount(),
              buckets(point.getNativeBucketsForPositiveValues()),
              buckets(point.getNativeBucketsForNegativeValues())));
    }
    if (point.hasClassicHistogramData()) {
      whole(
          point, new ClassicHistogram((double) point.getCount(), sumOf(point), cumulative(point)));
    }
  }

  private static double sumOf(HistogramDataPointSnapshot point) {
    return point.hasSum() ? point.getSum() : Double.NaN;
  }

  private static SortedMap<Integer, Double> buckets(NativeHistogramBuckets source) {
    SortedMap<Integer, Double> buckets = new TreeMap<>();
    for (NativeHistogramBucket bucket : source) {
      if (bucket.getCount() > 0) {
        buckets.put(bucket.getBucketIndex(), (double) bucket.getCount());
      }
    }
    return buckets;
  }

  private static SortedMap<Double, Double> cumulative(HistogramDataPointSnapshot point) {
    SortedMap<Double, Double> buckets = new TreeMap<>();
    double total = 0;
    for (ClassicHistogramBucket bucket : point.getClassicBuckets()) {
      total += bucket.getCount();
      buckets.put(bucket.getUpperBound(), total);
    }
    return buckets;
  }

  private void gaugeHistogram(HistogramDataPointSnapshot point) {
    for (Map.Entry<Double, Double> bucket : cumulative(point).entrySet()) {
      Map<String, String> labels = labels(point.getLabels());
      double bound = bucket.getKey();
      labels.put("le", bound == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(bound));
      gauge(point, name + "_bucket", bucket.getValue(), labels);
    }
    gauge(point, name + "_gcount", (double) point.getCount());
    gauge(point, name + "_gsum", sumOf(point));
  }

  private void whole(HistogramDataPointSnapshot point, WholeHistogram histogram) {
    List<Exemplar> exemplars = new ArrayList<>();
    point.getExemplars().forEach(exemplar -> exemplars.addAll(exemplars(exemplar)));
    add(point, name, MetricType.HISTOGRAM, 0, histogram, labels(point.getLabels()), exemplars);
  }

  private static List<Exemplar> exemplars(
      io.prometheus.metrics.model.snapshots.@Nullable Exemplar exemplar) {
    if (exemplar == null) {
      return List.of();
    }
    boolean timed = exemplar.hasTimestamp();
    return List.of(
        new Exemplar(
            labels(exemplar.getLabels()),
            exemplar.getValue(),
            timed ? (Long) exemplar.getTimestampMillis() : null));
  }

  private void counter(DataPointSnapshot point, String metricName, double value) {
    add(point, metricName, MetricType.COUNTER, value, null, labels(point.getLabels()), List.of());
  }

  private void gauge(DataPointSnapshot point, String metricName, double value) {
    gauge(point, metricName, value, labels(point.getLabels()));
  }

  private void gauge(
      DataPointSnapshot point, String metricName, double value, Map<String, String> labels) {
    add(point, metricName, MetricType.GAUGE, value, null, labels, List.of());
  }

  private void add(
      DataPointSnapshot point,
      String metricName,
      MetricType type,
      double value,
      @Nullable WholeHistogram histogram,
      Map<String, String> labels,
      List<Exemplar> exemplars) {
    boolean timed = point.hasScrapeTimestamp();
    boolean began = type != MetricType.GAUGE && point.hasCreatedTimestamp();
    metrics.add(
        new Metric(
            metricName,
            type,
            value,
            histogram,
            labels,
            timed ? (Long) point.getScrapeTimestampMillis() : null,
            began ? (Long) point.getCreatedTimestampMillis() : null,
            false,
            metadata.getHelp(),
            metadata.hasUnit() ? metadata.getUnit().toString() : null,
            exemplars));
  }

  private static Map<String, String> labels(Labels source) {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < source.size(); i++) {
      labels.put(source.getPrometheusName(i), source.getValue(i));
    }
    return labels;
  }
}
