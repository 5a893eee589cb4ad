package dnd.metrics.server.query;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Floats that a test adds while queries read, and that it lets queries wait for. */
final class ChangingSource implements NamelessSource {
  private final Map<Labels, NavigableMap<Long, Double>> series = new ConcurrentHashMap<>();

  /** How often each metric was looked for. */
  private final Map<String, AtomicInteger> searches = new ConcurrentHashMap<>();

  /** Whoever looks for a metric of that name waits until the latch is open. */
  final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

  private record One(Labels labels, NavigableMap<Long, Double> samples) implements Series {
    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      Iterator<Map.Entry<Long, Double>> left =
          samples.subMap(fromMillis, true, toMillis, true).entrySet().iterator();
      return batch -> {
        batch.clear();
        while (left.hasNext() && batch.size < 100) {
          Map.Entry<Long, Double> sample = left.next();
          batch.timestamps[batch.size] = sample.getKey();
          batch.values[batch.size++] = sample.getValue();
        }
        return batch.size > 0;
      };
    }
  }

  void put(String name, String id, long timeMillis, double value) {
    series
        .computeIfAbsent(
            Labels.of("__name__", name, "id", id), labels -> new ConcurrentSkipListMap<>())
        .put(timeMillis, value);
  }

  void clear() {
    series.clear();
  }

  int searches(String name) {
    AtomicInteger count = searches.get(name);
    return count == null ? 0 : count.get();
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
    String name = matchers.getFirst().value();
    searches.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
    CountDownLatch gate = gates.get(name);
    if (gate != null) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return series.entrySet().stream()
        .filter(entry -> Matcher.allMatch(matchers, entry.getKey()))
        .map(entry -> new One(entry.getKey(), entry.getValue()))
        .toList();
  }
}
