package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.test.MemorySeries.MemorySample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A storage in memory for scripts: simple, complete, without limits. */
public final class MemorySource implements SeriesSource {
  private final Map<Labels, MemorySeries> series = new LinkedHashMap<>();

  /** Forgets all series. */
  void clear() {
    series.clear();
  }

  /** Adds a sample without a start timestamp; false as below. */
  public boolean append(
      Labels labels, long timeMillis, double value, @Nullable Histogram histogram) {
    return append(labels, new MemorySample(timeMillis, value, histogram, 0));
  }

  /** Adds a sample; false where the series has one at this time or later. */
  boolean append(Labels labels, MemorySample sample) {
    MemorySeries into = series.computeIfAbsent(labels, MemorySeries::new);
    if (!into.isNext(sample.timeMillis())) {
      return false;
    }
    into.append(sample);
    return true;
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return series.values().stream().filter(s -> Matcher.allMatch(matchers, s.labels())).toList();
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    Set<String> names = new TreeSet<>(Labels::compareCodePoints);
    for (Series found : select(matchers, fromMillis, toMillis)) {
      names.addAll(found.labels().toMap().keySet());
    }
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    Set<String> values = new TreeSet<>(Labels::compareCodePoints);
    for (Series found : select(matchers, fromMillis, toMillis)) {
      if (found.labels().has(name)) {
        values.add(found.labels().get(name));
      }
    }
    return List.copyOf(values);
  }
}
