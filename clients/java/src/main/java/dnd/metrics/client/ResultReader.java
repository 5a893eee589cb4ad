package dnd.metrics.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads results in the shape of the Prometheus API. */
final class ResultReader {
  private ResultReader() {}

  static QueryResult.Type type(@Nullable String text) {
    try {
      return QueryResult.Type.valueOf(String.valueOf(text).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw invalid("resultType " + text);
    }
  }

  /** The series of a result of any type but string; a sample that is {@code null} has no value. */
  static List<ReadSeries> series(QueryResult.Type type, JsonNode result) {
    if (type == QueryResult.Type.SCALAR) {
      return List.of(new ReadSeries(Map.of(), List.of(sample(result))));
    }
    List<ReadSeries> series = new ArrayList<>();
    for (JsonNode element : result) {
      series.add(new ReadSeries(labels(element.path("metric")), samples(element)));
    }
    return series;
  }

  static Map<String, String> labels(JsonNode metric) {
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<String, JsonNode> label : metric.properties()) {
      labels.put(label.getKey(), label.getValue().asString(""));
    }
    return labels;
  }

  private static List<ReadSample> samples(JsonNode element) {
    List<ReadSample> samples = new ArrayList<>();
    for (String one : new String[] {"value", "histogram"}) {
      if (element.has(one)) {
        samples.add(sample(element.get(one)));
      }
    }
    for (String many : new String[] {"values", "histograms"}) {
      for (JsonNode sample : element.path(many)) {
        samples.add(sample(sample));
      }
    }
    samples.sort((a, b) -> a.time().compareTo(b.time()));
    return samples;
  }

  private static ReadSample sample(JsonNode pair) {
    if (!pair.isArray() || pair.size() != 2 || !pair.get(0).isNumber()) {
      throw invalid("sample " + pair);
    }
    Instant time = Instant.ofEpochMilli(Math.round(pair.get(0).doubleValue() * 1000));
    JsonNode value = pair.get(1);
    if (value.isNull()) {
      return new ReadSample(time, null);
    }
    return new ReadSample(
        time,
        value.isObject()
            ? new Sample(time, Double.NaN, Optional.of(histogram(value)))
            : new Sample(time, number(value)));
  }

  private static HistogramSample histogram(JsonNode value) {
    List<HistogramSample.Bucket> buckets = new ArrayList<>();
    for (JsonNode bucket : value.path("buckets")) {
      buckets.add(
          new HistogramSample.Bucket(
              (int) number(bucket.path(0)),
              number(bucket.path(1)),
              number(bucket.path(2)),
              number(bucket.path(3))));
    }
    return new HistogramSample(number(value.path("count")), number(value.path("sum")), buckets);
  }

  private static double number(JsonNode node) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    String text = node.asString("");
    try {
      return switch (text) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw invalid("number " + node);
    }
  }

  private static MetricsException.InvalidAnswer invalid(String what) {
    return new MetricsException.InvalidAnswer("the answer holds an unknown " + what, null);
  }
}
