package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * One thing that a user should know about an answer, in Prometheus's words. Those of one {@link
 * #text} are one annotation; some say more in the end ({@link #describe}) than what tells them
 * apart.
 */
sealed interface Annotation {
  /** What tells it from others: kind and text, without numbers that add up. */
  String text();

  PositionRange position();

  /** This annotation together with an earlier one of the same text. */
  Annotation merge(Annotation earlier);

  /** The text as users see it, without the place. */
  String describe();

  default boolean isWarning() {
    return text().startsWith("PromQL warning");
  }

  /** One that says nothing but its text. */
  record Plain(String text, PositionRange position) implements Annotation {
    @Override
    public Annotation merge(Annotation earlier) {
      return this;
    }

    @Override
    public String describe() {
      return text;
    }
  }

  /** Samples whose counting began before the sample in front of them. */
  record StartOverlap(String metricName, int occurrences, PositionRange position)
      implements Annotation {
    @Override
    public String text() {
      return WARNING
          + "sample has start time that overlaps with previous sample timestamp for metric "
          + quote(metricName);
    }

    @Override
    public Annotation merge(Annotation earlier) {
      int before = earlier instanceof StartOverlap overlap ? overlap.occurrences : 0;
      return new StartOverlap(metricName, occurrences + before, position);
    }

    @Override
    public String describe() {
      return occurrences > 1 ? text() + " (" + occurrences + " occurrences)" : text();
    }
  }

  /** Buckets of classic histograms that were not monotonic. */
  record ForcedMonotonicity(
      String metricName,
      long minTimeMillis,
      long maxTimeMillis,
      double minBucket,
      double maxBucket,
      double maxDifference,
      int count,
      PositionRange position)
      implements Annotation {
    @Override
    public String text() {
      return INFO
          + "input to histogram_quantile needed to be fixed for monotonicity (see"
          + " https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
          + forMetric(metricName);
    }

    @Override
    public Annotation merge(Annotation earlier) {
      if (!(earlier instanceof ForcedMonotonicity o)) {
        return this;
      }
      return new ForcedMonotonicity(
          metricName,
          Math.min(minTimeMillis, o.minTimeMillis),
          Math.max(maxTimeMillis, o.maxTimeMillis),
          Math.min(minBucket, o.minBucket),
          Math.max(maxBucket, o.maxBucket),
          Math.max(maxDifference, o.maxDifference),
          count + o.count,
          o.position);
    }

    @Override
    public String describe() {
      return text()
          + ", from buckets "
          + GoNumbers.general(minBucket)
          + " to "
          + GoNumbers.general(maxBucket)
          + ", with a max diff of "
          + GoNumbers.general(maxDifference, 2)
          + ", over "
          + count
          + " samples from "
          + time(minTimeMillis)
          + " to "
          + time(maxTimeMillis);
    }

    private static String time(long millis) {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
          Instant.ofEpochSecond(millis / 1000)
              .truncatedTo(ChronoUnit.SECONDS)
              .atOffset(ZoneOffset.UTC));
    }
  }

  String WARNING = "PromQL warning: ";
  String INFO = "PromQL info: ";

  static Annotation invalidQuantile(double q, PositionRange position) {
    return new Plain(
        WARNING + "quantile value should be between 0 and 1, got " + GoNumbers.general(q),
        position);
  }

  static Annotation invalidRatio(double ratio, double cappedTo, PositionRange position) {
    return new Plain(
        WARNING
            + "ratio value should be between -1 and 1, got "
            + GoNumbers.general(ratio)
            + ", capping to "
            + GoNumbers.general(cappedTo),
        position);
  }

  static Annotation badBucketLabel(String metricName, String label, PositionRange position) {
    return new Plain(
        WARNING
            + "bucket label \"le\" is missing or has a malformed value of "
            + quote(label)
            + forMetric(metricName),
        position);
  }

  static Annotation mixedFloatsHistograms(String metricName, PositionRange position) {
    return new Plain(
        WARNING + "encountered a mix of histograms and floats for metric name " + quote(metricName),
        position);
  }

  static Annotation mixedFloatsHistogramsAggregation(PositionRange position) {
    return new Plain(
        WARNING + "encountered a mix of histograms and floats for aggregation", position);
  }

  static Annotation mixedClassicNativeHistograms(String metricName, PositionRange position) {
    return new Plain(
        WARNING + "vector contains a mix of classic and native histograms" + forMetric(metricName),
        position);
  }

  static Annotation nativeHistogramNotCounter(String metricName, PositionRange position) {
    return new Plain(
        WARNING + "this native histogram metric is not a counter: " + quote(metricName), position);
  }

  static Annotation nativeHistogramNotGauge(String metricName, PositionRange position) {
    return new Plain(
        WARNING + "this native histogram metric is not a gauge: " + quote(metricName), position);
  }

  static Annotation mixedExponentialCustom(String metricName, PositionRange position) {
    return new Plain(
        WARNING
            + "vector contains a mix of histograms with exponential and custom buckets schemas for"
            + " metric name "
            + quote(metricName),
        position);
  }

  static Annotation incompatibleBucketLayout(String operator, PositionRange position) {
    return new Plain(
        WARNING + "incompatible bucket layout encountered for binary operator " + operator,
        position);
  }

  static Annotation sortInRangeQuery(PositionRange position) {
    return new Plain(
        WARNING
            + "sort is ineffective for range queries since results are always ordered by labels",
        position);
  }

  static Annotation possibleNonCounter(String metricName, PositionRange position) {
    return new Plain(
        INFO
            + "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
            + quote(metricName),
        position);
  }

  static Annotation incompatibleTypes(
      String left, String operator, String right, PositionRange position) {
    return new Plain(
        INFO
            + "incompatible sample types encountered for binary operator "
            + quote(operator)
            + ": "
            + left
            + " "
            + operator
            + " "
            + right,
        position);
  }

  static Annotation histogramIgnoredInAggregation(String aggregation, PositionRange position) {
    return new Plain(INFO + "ignored histogram in " + aggregation + " aggregation", position);
  }

  static Annotation histogramIgnoredInMixedRange(String metricName, PositionRange position) {
    return new Plain(
        INFO
            + "ignored histograms in a range containing both floats and histograms for metric name "
            + quote(metricName),
        position);
  }

  static Annotation quantileIsNaN(String metricName, PositionRange position) {
    return new Plain(
        INFO
            + "input to histogram_quantile has NaN observations, result is NaN"
            + forMetric(metricName),
        position);
  }

  static Annotation quantileIsSkewed(String metricName, PositionRange position) {
    return new Plain(
        INFO
            + "input to histogram_quantile has NaN observations, result is skewed higher"
            + forMetric(metricName),
        position);
  }

  static Annotation fractionExcludesNaN(String metricName, PositionRange position) {
    return new Plain(
        INFO
            + "input to histogram_fraction has NaN observations, which are excluded from all"
            + " fractions"
            + forMetric(metricName),
        position);
  }

  /** What was done with histograms, as annotations name it. */
  enum HistogramOperation {
    ADDITION("addition"),
    SUBTRACTION("subtraction"),
    AGGREGATION("aggregation");

    private final String text;

    HistogramOperation(String text) {
      this.text = text;
    }
  }

  static Annotation counterResetCollision(HistogramOperation operation, PositionRange position) {
    return new Plain(
        WARNING + "conflicting counter resets during histogram " + operation.text, position);
  }

  static Annotation mismatchedCustomBuckets(HistogramOperation operation, PositionRange position) {
    return new Plain(
        INFO + "mismatched custom buckets were reconciled during " + operation.text, position);
  }

  /** Not Prometheus's: where blocks of aggregates gave the answer that raw samples give. */
  static Annotation downsampled(long resolutionMillis, PositionRange position) {
    return new Plain(
        INFO
            + "read where there are any from samples downsampled to "
            + Downsampling.text(resolutionMillis)
            + ", which give the same answer",
        position);
  }

  /**
   * Not Prometheus's: where raw samples are gone and what is kept of windows stands in for them.
   */
  static Annotation standIns(long resolutionMillis, PositionRange position) {
    return new Plain(
        WARNING
            + "raw samples of a part of the time are gone; there what is kept of every "
            + Downsampling.text(resolutionMillis)
            + " stands in for them",
        position);
  }

  private static String forMetric(String metricName) {
    return metricName.isEmpty() ? "" : " for metric name " + quote(metricName);
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder();
    Labels.quote(out, text);
    return out.toString();
  }
}
