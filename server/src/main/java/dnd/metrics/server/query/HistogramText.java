package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.BucketCursor;
import dnd.metrics.server.model.Histogram;

/**
 * Writes native histograms as the Prometheus API does ({@code util/jsonutil} there): count, sum and
 * the buckets that are not empty, each as which of its bounds are inclusive (0: the upper, 1: the
 * lower, 2: neither, 3: both), lower bound, upper bound and count. For one thread.
 */
final class HistogramText {
  private final SampleText values;

  HistogramText(SampleText values) {
    this.values = values;
  }

  void append(JsonBuffer out, Histogram histogram) {
    out.raw("{\"count\":");
    values.appendValue(out, histogram.count());
    out.raw(",\"sum\":");
    values.appendValue(out, histogram.sum());
    String separator = ",\"buckets\":[";
    BucketCursor bucket = BucketCursor.ascending(histogram);
    while (bucket.next()) {
      if (bucket.count() == 0) {
        continue;
      }
      out.raw(separator).raw('[').raw(bounds(bucket)).raw(',');
      values.appendValue(out, bucket.lower());
      out.raw(',');
      values.appendValue(out, bucket.upper());
      out.raw(',');
      values.appendValue(out, bucket.count());
      out.raw(']');
      separator = ",";
    }
    out.raw(separator.equals(",") ? "]}" : "}");
  }

  private static char bounds(BucketCursor bucket) {
    if (bucket.lowerInclusive()) {
      return bucket.upperInclusive() ? '3' : '1';
    }
    return bucket.upperInclusive() ? '0' : '2';
  }
}
