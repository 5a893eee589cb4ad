package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Series in plain lists, read a few samples at a time; a histogram is read alone. */
public final class ArraySource implements SeriesSource {
  /** What a series has at one time. */
  public record Sample(double value, @Nullable Histogram histogram) {}

  private static final int BATCH = 5;
  private final Map<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();

  public ArraySource add(Labels labels, long timeMillis, double value) {
    return add(labels, timeMillis, new Sample(value, null));
  }

  public ArraySource add(Labels labels, long timeMillis, Sample sample) {
    series.computeIfAbsent(labels, l -> new TreeMap<>()).put(timeMillis, sample);
    return this;
  }

  /** Adds values a step apart from time 0 on. */
  ArraySource add(Labels labels, long stepMillis, double[] values) {
    for (int i = 0; i < values.length; i++) {
      add(labels, i * stepMillis, values[i]);
    }
    return this;
  }

  /** The samples of a series by their times; none where it is not there. */
  public SortedMap<Long, Sample> samples(Labels labels) {
    return series.getOrDefault(labels, new TreeMap<>());
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    List<Series> found = new ArrayList<>();
    series.forEach((labels, samples) -> {
      Long first = samples.ceilingKey(fromMillis);
      if (first != null && first <= toMillis && Matcher.allMatch(matchers, labels)) {
        found.add(new Stored(labels, samples));
      }
    });
    return found;
  }

  private record Stored(Labels labels, TreeMap<Long, Sample> samples) implements Series {
    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      List<Map.Entry<Long, Sample>> found =
          new ArrayList<>(samples.subMap(fromMillis, true, toMillis, true).entrySet());
      boolean oneByOne = found.stream().anyMatch(entry -> entry.getValue().histogram() != null);
      Iterator<Map.Entry<Long, Sample>> left = found.iterator();
      return batch -> fill(batch, left, oneByOne ? 1 : BATCH);
    }

    private static boolean fill(
        SampleBatch batch, Iterator<Map.Entry<Long, Sample>> left, int most) {
      batch.clear();
      while (batch.size < most && left.hasNext()) {
        Map.Entry<Long, Sample> next = left.next();
        Histogram histogram = next.getValue().histogram();
        batch.histograms = histogram == null ? null : new Histogram[] {histogram};
        batch.timestamps[batch.size] = next.getKey();
        batch.values[batch.size++] = next.getValue().value();
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
