package dnd.metrics.server.rules.template;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.rules.template.GoValue.Boxed;
import dnd.metrics.server.rules.template.GoValue.Mapping;
import dnd.metrics.server.rules.template.GoValue.NativeHistogram;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Struct;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes Go values, and looks into them as the template language does. */
final class GoValues {
  private GoValues() {}

  /** The dot of an alert's template. */
  static GoValue alertData(TemplateData data) {
    Map<String, GoValue> fields = new LinkedHashMap<>();
    fields.put("Labels", strings(data.labels()));
    fields.put("ExternalLabels", strings(data.externalLabels()));
    fields.put("ExternalURL", text(data.externalUrl()));
    fields.put("Value", new Boxed(sampleValue(data.value(), data.histogram())));
    return new Struct(fields, GoType.ALERT_DATA);
  }

  /** An element of a query's result. */
  static GoValue sample(TemplateSample sample) {
    Map<String, String> labels = new TreeMap<>();
    sample.labels().forEach(labels::put);
    Map<String, GoValue> fields = new LinkedHashMap<>();
    fields.put("Labels", strings(labels));
    fields.put("Value", new Boxed(sampleValue(sample.value(), sample.histogram())));
    return Pointer.to(new Struct(fields, GoType.SAMPLE));
  }

  private static GoValue sampleValue(double value, @Nullable Histogram histogram) {
    return histogram == null ? new Real(value) : Pointer.to(new NativeHistogram(histogram));
  }

  static Mapping strings(Map<String, String> values) {
    TreeMap<String, GoValue> entries = new TreeMap<>();
    values.forEach((key, value) -> entries.put(key, text(value)));
    return new Mapping(entries, GoType.STRINGS);
  }

  static Text text(String value) {
    return new Text(value, GoType.STRING);
  }

  static Whole integer(long value) {
    return new Whole(value, GoType.INT);
  }

  static GoValue bool(boolean value) {
    return new GoValue.Bool(value);
  }

  /** What is in a box; any other value itself. */
  static GoValue unboxed(GoValue value) {
    return value instanceof Boxed boxed ? boxed.orNothing() : value;
  }

  /** What pointers and boxes lead to; the one that holds nothing where that is their end. */
  static GoValue dereferenced(GoValue value) {
    GoValue at = value;
    while (true) {
      GoValue next =
          switch (at) {
            case Pointer pointer -> pointer.target();
            case Boxed boxed -> boxed.content();
            default -> null;
          };
      if (next == null) {
        return at;
      }
      at = next;
    }
  }

  /** Whether a value is a pointer or box that holds nothing. */
  static boolean isNil(GoValue value) {
    return (value instanceof Pointer pointer && pointer.target() == null)
        || (value instanceof Boxed boxed && boxed.content() == null);
  }

  /** Whether {@code if} takes the value for true: it is, unless it is zero, empty or nil. */
  static boolean isTrue(GoValue value) {
    return switch (value) {
      case GoValue.Nothing v -> false;
      case GoValue.Bool v -> v.value();
      case Whole v -> v.value() != 0;
      case Real v -> v.value() != 0;
      case GoValue.Complex v -> v.real() != 0 || v.imaginary() != 0;
      case Text v -> !v.value().isEmpty();
      case Mapping v -> !v.entries().isEmpty();
      case GoValue.Listing v -> !v.elements().isEmpty();
      case Pointer v -> v.target() != null;
      case Struct v -> true;
      case GoValue.Time v -> true;
      case NativeHistogram v -> true;
      case Boxed v -> v.content() != null;
    };
  }
}
