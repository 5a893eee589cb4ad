package dnd.metrics.server.exposition;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One sample line.
 *
 * @param labels without the metric's name
 * @param timestampMillis Unix milliseconds, or null where the line has none
 * @param hasExemplar whether an exemplar stood behind it
 * @param line where it stands, counted from 1
 */
record ExpositionSample(
    String name,
    Map<String, String> labels,
    double value,
    @Nullable Long timestampMillis,
    boolean hasExemplar,
    int line) {
  ExpositionSample {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** The labels but one. */
  Map<String, String> labelsWithout(String name) {
    Map<String, String> rest = new TreeMap<>(labels);
    rest.remove(name);
    return rest;
  }
}
