package dnd.metrics.server.rules.template;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.rules.template.GoValue.Listing;
import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of structs and the keys of maps. */
final class Fields {
  private static final GoType REALS = new GoType("[]float64", GoType.Kind.LIST, GoType.FLOAT64);
  private static final Set<String> OF_SAMPLE = Set.of("Labels", "Value");
  private static final Set<String> OF_HISTOGRAM =
      Set.of(
          "Schema",
          "ZeroThreshold",
          "ZeroCount",
          "Count",
          "Sum",
          "PositiveBuckets",
          "NegativeBuckets",
          "CustomValues");

  private Fields() {}

  /** The value of a field; null where there is no such field. A key that is not there is empty. */
  static @Nullable GoValue find(GoValue owner, String name) {
    return switch (owner) {
      case GoValue.Struct struct -> struct.fields().get(name);
      case GoValue.Mapping map -> map.get(name);
      case GoValue.NativeHistogram h -> ofHistogram(h.histogram(), name);
      default -> null;
    };
  }

  /** Whether the values of a type have the field. */
  static boolean has(GoType type, String name) {
    if (type.equals(GoType.SAMPLE)) {
      return OF_SAMPLE.contains(name);
    }
    return type.equals(GoType.HISTOGRAM) && OF_HISTOGRAM.contains(name);
  }

  private static @Nullable GoValue ofHistogram(Histogram h, String name) {
    return switch (name) {
      case "Schema" -> new Whole(h.schema(), GoType.INT32);
      case "ZeroThreshold" -> new Real(h.zeroThreshold());
      case "ZeroCount" -> new Real(h.zeroCount());
      case "Count" -> new Real(h.count());
      case "Sum" -> new Real(h.sum());
      case "PositiveBuckets" -> reals(counts(h.positive()));
      case "NegativeBuckets" -> reals(counts(h.negative()));
      case "CustomValues" -> reals(h.customValues());
      default -> null;
    };
  }

  private static double[] counts(Buckets buckets) {
    double[] result = new double[buckets.size()];
    Arrays.setAll(result, buckets::count);
    return result;
  }

  private static GoValue reals(double[] values) {
    List<GoValue> elements = new ArrayList<>(values.length);
    for (double value : values) {
      elements.add(new Real(value));
    }
    return new Listing(elements, REALS);
  }
}
