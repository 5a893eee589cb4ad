package dnd.metrics.client;

import dnd.metrics.events.Utf8;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What names, labels, help and unit may be, as the service has it: any text within limits. Checked
 * when a series is made or described, so that the error stands at the line that does.
 */
final class NameRules {
  static final int MAX_NAME_CHARS = 512;
  static final int MAX_VALUE_CHARS = 4096;
  static final int MAX_HELP_CHARS = 4096;
  static final int MAX_UNIT_CHARS = 512;

  /** The service allows 64 and adds the metric's name, {@code service} and {@code instance}. */
  static final int MAX_LABELS = 61;

  private NameRules() {}

  static void checkMetricName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
      throw new MetricsException.InvalidMetric(
          "invalid_metric_name",
          "a metric's name has 1 to "
              + MAX_NAME_CHARS
              + " characters; "
              + shortened(name)
              + " has "
              + name.length());
    }
    if (!Utf8.isEncodable(name)) {
      throw new MetricsException.InvalidMetric(
          "invalid_metric_name", "the metric's name " + name + " holds half a surrogate pair");
    }
  }

  /** The labels that count: without empty ones, in the order of their names. */
  static Map<String, String> checkLabels(
      String metric, Map<String, String> labels, Map<String, String> shared) {
    Map<String, String> kept = new TreeMap<>();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      checkLabel(metric, label.getKey(), label.getValue());
      if (!label.getValue().isEmpty()) {
        kept.put(label.getKey(), label.getValue());
      }
    }
    long ofAll = shared.keySet().stream().filter(name -> !kept.containsKey(name)).count();
    if (kept.size() + ofAll > MAX_LABELS) {
      throw new MetricsException.InvalidMetric(
          "too_many_labels",
          metric
              + " would have "
              + (kept.size() + ofAll)
              + " labels; a series has up to "
              + MAX_LABELS);
    }
    return kept;
  }

  @SuppressWarnings("ConstantConditions") // callers without a null checker pass nulls all the same
  private static void checkLabel(String metric, String name, String value) {
    if (name == null || name.isEmpty() || name.length() > MAX_NAME_CHARS) {
      throw new MetricsException.InvalidMetric(
          "invalid_label_name",
          "a label's name of " + metric + " has 1 to " + MAX_NAME_CHARS + " characters");
    }
    if (name.startsWith("__")) {
      throw new MetricsException.InvalidMetric(
          "reserved_label",
          "label " + shortened(name) + " of " + metric + ": two underscores begin reserved names");
    }
    if (value == null) {
      throw new MetricsException.InvalidMetric(
          "invalid_value", "label " + shortened(name) + " of " + metric + " is null");
    }
    if (value.length() > MAX_VALUE_CHARS) {
      throw new MetricsException.InvalidMetric(
          "label_too_long",
          "label "
              + shortened(name)
              + " of "
              + metric
              + " has "
              + value.length()
              + " characters; a value has up to "
              + MAX_VALUE_CHARS);
    }
    if (!Utf8.isEncodable(name) || !Utf8.isEncodable(value)) {
      throw new MetricsException.InvalidMetric(
          "invalid_label_name",
          "label " + shortened(name) + " of " + metric + " holds half a surrogate pair");
    }
  }

  static void checkDescription(String metric, @Nullable String help, @Nullable String unit) {
    checkText(metric, "help", help, MAX_HELP_CHARS);
    checkText(metric, "unit", unit, MAX_UNIT_CHARS);
  }

  private static void checkText(String metric, String what, @Nullable String text, int maxChars) {
    if (text == null) {
      return;
    }
    if (text.length() > maxChars) {
      throw new MetricsException.InvalidMetric(
          "text_too_long",
          "the "
              + what
              + " of "
              + shortened(metric)
              + " has "
              + text.length()
              + " characters; it may have up to "
              + maxChars);
    }
    if (!Utf8.isEncodable(text)) {
      throw new MetricsException.InvalidMetric(
          "invalid_value",
          "the " + what + " of " + shortened(metric) + " holds half a surrogate pair");
    }
  }

  private static String shortened(String text) {
    return '"' + (text.length() <= 60 ? text : text.substring(0, 60) + "...") + '"';
  }
}
