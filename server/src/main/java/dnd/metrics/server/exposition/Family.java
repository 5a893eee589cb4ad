package dnd.metrics.server.exposition;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Samples that belong together, and what the lines in front of them say. Filled while reading. */
final class Family {
  /** The types of both formats. */
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    GAUGEHISTOGRAM,
    SUMMARY,
    INFO,
    STATESET,
    UNTYPED,
    UNKNOWN
  }

  final String name;
  Type type = Type.UNKNOWN;
  boolean hasType;
  @Nullable String help;
  @Nullable String unit;
  final List<ExpositionSample> samples = new ArrayList<>();

  Family(String name) {
    this.name = name;
  }

  /** Whether a sample called {@code sampleName} is of this family. */
  boolean owns(String sampleName) {
    if (sampleName.equals(name)) {
      return true;
    }
    if (!sampleName.startsWith(name)) {
      return false;
    }
    String suffix = sampleName.substring(name.length());
    return switch (type) {
      case COUNTER -> suffix.equals("_total") || suffix.equals("_created");
      case HISTOGRAM ->
          suffix.equals("_bucket")
              || suffix.equals("_sum")
              || suffix.equals("_count")
              || suffix.equals("_created");
      case GAUGEHISTOGRAM ->
          suffix.equals("_bucket") || suffix.equals("_gsum") || suffix.equals("_gcount");
      case SUMMARY -> suffix.equals("_sum") || suffix.equals("_count") || suffix.equals("_created");
      case INFO -> suffix.equals("_info");
      case GAUGE, STATESET, UNTYPED, UNKNOWN -> false;
    };
  }
}
