package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Series in plain lists, read a few samples at a time. */
final class ArraySource implements SeriesSource {
  private record Sample(double value, Histogram histogram) {}

  private static final int BATCH = 5;
  private final Map<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();

  ArraySource add(Labels labels, long timeMillis, double value) {
    series.computeIfAbsent(labels, l -> new TreeMap<>()).put(timeMillis, new Sample(value, null));
    return this;
  }

  /** Adds values a step apart from time 0 on. */
  ArraySource add(Labels labels, long stepMillis, double[] values) {
    for (int i = 0; i < values.length; i++) {
      add(labels, i * stepMillis, values[i]);
    }
    return this;
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    List<Series> found = new ArrayList<>();
    series.forEach((labels, samples) -> {
      if (matchers.stream().allMatch(matcher -> matcher.matches(labels))) {
        found.add(new Stored(labels, samples));
      }
    });
    return found;
  }

  private record Stored(Labels labels, TreeMap<Long, Sample> samples) implements Series {
    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      var iterator =
          new ArrayList<>(samples.subMap(fromMillis, true, toMillis, true).entrySet()).iterator();
      return batch -> fill(batch, iterator);
    }

    private static boolean fill(
        SampleBatch batch, java.util.Iterator<Map.Entry<Long, Sample>> samples) {
      batch.clear();
      while (batch.size < BATCH && samples.hasNext()) {
        var entry = samples.next();
        batch.timestamps[batch.size] = entry.getKey();
        batch.values[batch.size++] = entry.getValue().value();
      }
      return batch.size > 0;
    }
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    TreeSet<String> names = new TreeSet<>();
    series.keySet().forEach(labels -> labels.forEach((name, value) -> names.add(name)));
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    TreeSet<String> values = new TreeSet<>();
    series.keySet().stream().filter(l -> l.has(name)).forEach(l -> values.add(l.get(name)));
    return List.copyOf(values);
  }
}
