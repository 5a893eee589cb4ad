package dnd.metrics.client.micrometer;

import dnd.metrics.events.ClassicHistogram;
import dnd.metrics.events.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes meters into metrics with the names and types that Micrometer's own registry for Prometheus
 * gives them; times are seconds.
 */
final class MeterMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrometheusNames names = new PrometheusNames();

  /**
   * Appends the metrics of {@code meter}.
   *
   * @param createdMillis when the meter was made, or null where that is not known
   */
  void add(Meter meter, @Nullable Long createdMillis, List<Metric> metrics) {
    MeterDraft draft = draft(meter, createdMillis, metrics);
    // A TimeGauge is a Gauge, too.
    if (meter instanceof TimeGauge gauge) {
      draft.gauge("", gauge.value(TimeUnit.SECONDS));
    } else if (meter instanceof Gauge gauge) {
      draft.gauge("", gauge.value());
    } else if (meter instanceof Counter counter) {
      draft.counter("", counter.count());
    } else if (meter instanceof Timer timer) {
      double sum = timer.totalTime(TimeUnit.SECONDS);
      distribution(draft, timer.takeSnapshot(), NANOS_PER_SECOND, timer.count(), sum);
      draft.gauge("_max", timer.max(TimeUnit.SECONDS));
    } else if (meter instanceof DistributionSummary summary) {
      distribution(draft, summary.takeSnapshot(), 1, summary.count(), summary.totalAmount());
      draft.gauge("_max", summary.max());
    } else if (meter instanceof LongTaskTimer timer) {
      draft.gauge("_count", timer.activeTasks());
      draft.gauge("_sum", timer.duration(TimeUnit.SECONDS));
      draft.gauge("_max", timer.max(TimeUnit.SECONDS));
    } else if (meter instanceof FunctionCounter counter) {
      draft.counter("", counter.count());
    } else if (meter instanceof FunctionTimer timer) {
      draft.counter("_count", timer.count());
      draft.counter("_sum", timer.totalTime(TimeUnit.SECONDS));
    } else {
      meter.measure().forEach(measurement -> measured(draft, measurement));
    }
  }

  private MeterDraft draft(Meter meter, @Nullable Long createdMillis, List<Metric> metrics) {
    Meter.Id id = meter.getId();
    boolean inSeconds =
        meter instanceof TimeGauge
            || meter instanceof Timer
            || meter instanceof LongTaskTimer
            || meter instanceof FunctionTimer;
    String unit = inSeconds ? "seconds" : id.getBaseUnit();
    Map<String, String> labels = new TreeMap<>();
    for (Tag tag : id.getTagsAsIterable()) {
      labels.put(names.tagKey(tag.getKey()), tag.getValue());
    }
    // What a function counts may have begun before.
    boolean beganThen =
        meter instanceof Counter || meter instanceof Timer || meter instanceof DistributionSummary;
    return new MeterDraft(
        names.name(id.getName(), id.getType(), unit),
        labels,
        id.getDescription(),
        unit,
        beganThen ? createdMillis : null,
        metrics);
  }

  private static void distribution(
      MeterDraft draft, HistogramSnapshot snapshot, double scale, long count, double sum) {
    if (snapshot.histogramCounts().length == 0) {
      draft.counter("_count", (double) count);
      draft.counter("_sum", sum);
    } else {
      draft.histogram(buckets(snapshot.histogramCounts(), scale, count, sum));
    }
    for (ValueAtPercentile value : snapshot.percentileValues()) {
      draft.quantile(value.percentile(), value.value() / scale);
    }
  }

  /** Others count on while this is read: the whole is made no less than its largest part. */
  private static ClassicHistogram buckets(
      CountAtBucket[] counts, double scale, long count, double sum) {
    SortedMap<Double, Double> cumulative = new TreeMap<>();
    double largest = (double) count;
    for (CountAtBucket bucket : counts) {
      largest = Math.max(largest, bucket.count());
      if (bucket.bucket() != Double.POSITIVE_INFINITY) {
        cumulative.put(bucket.bucket() / scale, bucket.count());
      }
    }
    return new ClassicHistogram(largest, sum, cumulative);
  }

  private static void measured(MeterDraft draft, Measurement measurement) {
    double value = measurement.getValue();
    switch (measurement.getStatistic()) {
      case TOTAL, TOTAL_TIME -> draft.counter("_sum", value);
      case COUNT -> draft.counter("_total", value);
      case MAX -> draft.gauge("_max", value);
      case VALUE, UNKNOWN -> draft.gauge("_value", value);
      case ACTIVE_TASKS -> draft.gauge("_active_count", value);
      case DURATION -> draft.gauge("_duration_sum", value);
    }
  }
}
