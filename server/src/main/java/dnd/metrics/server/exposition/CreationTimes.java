package dnd.metrics.server.exposition;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code _created} samples: not metrics of their own but the times at which counters began,
 * found by the counter's name without its {@code _total}. OpenMetrics has them inside the counter's
 * family; in the Prometheus format they come as gauges beside it.
 */
final class CreationTimes {
  private static final String SUFFIX = "_created";

  private record Key(String base, Map<String, String> labels) {}

  private final Map<Key, Double> seconds = new HashMap<>();
  private final Set<Key> used = new HashSet<>();

  private CreationTimes() {}

  static CreationTimes of(Collection<Family> families) {
    Set<String> counted = new HashSet<>();
    for (Family family : families) {
      if (family.type == Family.Type.COUNTER
          || family.type == Family.Type.HISTOGRAM
          || family.type == Family.Type.SUMMARY) {
        counted.add(base(family.name));
      }
    }
    CreationTimes times = new CreationTimes();
    for (Family family : families) {
      for (ExpositionSample sample : family.samples) {
        if (sample.name().endsWith(SUFFIX)) {
          String base = sample.name().substring(0, sample.name().length() - SUFFIX.length());
          if (counted.contains(base)) {
            times.seconds.put(new Key(base, sample.labels()), sample.value());
          }
        }
      }
    }
    return times;
  }

  /** Whether this sample is a creation time rather than a metric. */
  boolean has(ExpositionSample sample) {
    String name = sample.name();
    return name.endsWith(SUFFIX)
        && seconds.containsKey(
            new Key(name.substring(0, name.length() - SUFFIX.length()), sample.labels()));
  }

  /** When this counter began, Unix milliseconds, or null. */
  @Nullable Long millis(ExpositionSample counter) {
    Key key = new Key(base(counter.name()), counter.labels());
    Double found = seconds.get(key);
    if (found == null || !(Math.abs(found) < 1e13)) {
      return null;
    }
    used.add(key);
    return Math.round(found * 1000);
  }

  /** How many belong to no counter. */
  int unused() {
    return seconds.size() - used.size();
  }

  private static String base(String counterName) {
    String suffix = "_total";
    return counterName.endsWith(suffix)
        ? counterName.substring(0, counterName.length() - suffix.length())
        : counterName;
  }
}
