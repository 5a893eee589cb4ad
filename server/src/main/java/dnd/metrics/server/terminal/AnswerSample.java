package dnd.metrics.server.terminal;

import java.util.List;
import java.util.Map;

/**
 * One sample of an answer.
 *
 * @param text the value as the service wrote it; of a native histogram its count, sum and buckets
 * @param value the number; NaN for a histogram or a string
 * @param histogram what the service sent of a native histogram; empty for a number
 */
public record AnswerSample(
    long timeMillis, String text, double value, Map<String, Object> histogram) {
  static AnswerSample number(long timeMillis, String text) {
    return new AnswerSample(timeMillis, text, parse(text), Map.of());
  }

  static AnswerSample histogram(long timeMillis, Map<String, Object> histogram) {
    return new AnswerSample(timeMillis, histogramText(histogram), Double.NaN, histogram);
  }

  /** A point of which a live query says that there is none any more. */
  static AnswerSample absent(long timeMillis) {
    return new AnswerSample(timeMillis, "", Double.NaN, Map.of());
  }

  public boolean isAbsent() {
    return text.isEmpty();
  }

  public boolean isHistogram() {
    return !histogram.isEmpty();
  }

  private static double parse(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          yield Double.NaN; // a string's value is its text
        }
      }
    };
  }

  /** As Prometheus prints native histograms: {@code {count:3, sum:2.5, (0.5,1]:3}}. */
  private static String histogramText(Map<String, Object> histogram) {
    StringBuilder out = new StringBuilder("{count:");
    out.append(PlainJson.text(histogram, "count"));
    out.append(", sum:").append(PlainJson.text(histogram, "sum"));
    for (Object element : PlainJson.list(histogram, "buckets")) {
      if (element instanceof List<?> bucket && bucket.size() == 4) {
        // 0: upper bound inclusive, 1: lower, 2: neither, 3: both
        String kind = String.valueOf(bucket.get(0));
        out.append(", ").append(kind.equals("1") || kind.equals("3") ? '[' : '(');
        out.append(bucket.get(1)).append(',').append(bucket.get(2));
        out.append(kind.equals("0") || kind.equals("3") ? ']' : ')');
        out.append(':').append(bucket.get(3));
      }
    }
    return out.append('}').toString();
  }
}
