package dnd.metrics.server.rules;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Series in plain maps, written by tests and by rules, read by queries. */
final class SampleStore implements SeriesSource, RuleOutput {
  private record Sample(double value, @Nullable Histogram histogram) {}

  private final Map<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();

  /** Labels that are refused, with the reason. */
  final Map<Labels, String> refused = new HashMap<>();

  void add(Labels labels, long timeMillis, double value) {
    series.computeIfAbsent(labels, l -> new TreeMap<>()).put(timeMillis, new Sample(value, null));
  }

  @Override
  public Map<Labels, String> write(
      int rule, List<VectorSample> samples, List<Labels> ended, long atMillis) {
    Map<Labels, String> reasons = new HashMap<>();
    for (VectorSample sample : samples) {
      String reason = refused.get(sample.labels());
      if (reason == null) {
        series
            .computeIfAbsent(sample.labels(), l -> new TreeMap<>())
            .put(sample.timestampMillis(), new Sample(sample.value(), sample.histogram()));
      } else {
        reasons.put(sample.labels(), reason);
      }
    }
    ended.forEach(labels -> add(labels, atMillis, StaleMarker.VALUE));
    return reasons;
  }

  /** The samples of the series, as {@code time=value}; a stale marker is {@code time=stale}. */
  List<String> samples(Labels labels) {
    List<String> texts = new ArrayList<>();
    series
        .getOrDefault(labels, new TreeMap<>())
        .forEach((time, sample) ->
            texts.add(
                time + "=" + (StaleMarker.is(sample.value()) ? "stale" : "" + sample.value())));
    return texts;
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
      Iterator<Map.Entry<Long, Sample>> left =
          new ArrayList<>(samples.subMap(fromMillis, true, toMillis, true).entrySet()).iterator();
      return batch -> fill(batch, left);
    }

    private static boolean fill(SampleBatch batch, Iterator<Map.Entry<Long, Sample>> left) {
      batch.clear();
      if (!left.hasNext()) {
        return false;
      }
      Map.Entry<Long, Sample> next = left.next();
      batch.timestamps[0] = next.getKey();
      batch.values[0] = next.getValue().value();
      Histogram histogram = next.getValue().histogram();
      batch.histograms = histogram == null ? null : new Histogram[] {histogram};
      batch.size = 1;
      return true;
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
