package dnd.metrics.client;

import dnd.metrics.events.ResultEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A live query's answer, kept up to date by its updates (docs/icd.md, "Live queries"). For one
 * thread.
 */
final class LiveState {
  private final long windowMillis;
  private final Map<Map<String, String>, NavigableMap<Instant, Sample>> series =
      new LinkedHashMap<>();
  private final List<ResultSeries> changed = new ArrayList<>();
  private final Set<Map<String, String>> gone = new HashSet<>();
  private int expected;
  private int nextPart = 1;

  /**
   * @param windowMillis how old a point of a range query may grow; 0 for an instant query, whose
   *     series have one point
   */
  LiveState(long windowMillis) {
    this.windowMillis = windowMillis;
  }

  /** Whether {@code answer} is the one that was to come; if not, one was lost. */
  boolean isNext(Answer answer) {
    int part = answer.event().part();
    return answer.update() == expected && (part == 0 || part == nextPart);
  }

  /** Takes in an answer; what the query has become, or null while parts are to follow. */
  @Nullable LiveUpdate apply(Answer answer) {
    ResultEvent event = answer.event();
    boolean first = event.part() <= 1;
    if (first && (answer.full() || answer.update() == 0)) {
      gone.addAll(series.keySet());
      series.clear();
    }
    for (ReadSeries read : answer.series()) {
      put(read);
    }
    for (Map<String, String> labels : answer.gone()) {
      series.remove(labels);
      gone.add(labels);
    }
    if (!event.last()) {
      nextPart++;
      return null;
    }
    nextPart = 1;
    expected++;
    forgetOld();
    gone.removeAll(series.keySet());
    LiveUpdate update = new LiveUpdate(result(answer), changed, List.copyOf(gone));
    changed.clear();
    gone.clear();
    return update;
  }

  private void put(ReadSeries read) {
    NavigableMap<Instant, Sample> points =
        series.computeIfAbsent(read.labels(), labels -> new TreeMap<>());
    if (windowMillis == 0) {
      points.clear();
    }
    for (ReadSample sample : read.samples()) {
      if (sample.sample() == null) {
        points.remove(sample.time());
      } else {
        points.put(sample.time(), sample.sample());
      }
    }
    changed.add(new ResultSeries(read.labels(), read.present()));
  }

  private void forgetOld() {
    Instant newest =
        series.values().stream()
            .filter(points -> !points.isEmpty())
            .map(NavigableMap::lastKey)
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH);
    if (windowMillis > 0) {
      Instant oldest = newest.minusMillis(windowMillis);
      series.values().forEach(points -> points.headMap(oldest, false).clear());
    }
    series
        .entrySet()
        .removeIf(entry -> {
          if (entry.getValue().isEmpty()) {
            gone.add(entry.getKey());
            return true;
          }
          return false;
        });
  }

  private QueryResult result(Answer last) {
    ResultEvent event = last.event();
    return new QueryResult(
        ResultReader.type(event.resultType()),
        series.entrySet().stream()
            .map(entry -> new ResultSeries(entry.getKey(), List.copyOf(entry.getValue().values())))
            .toList(),
        last.text(),
        event.warnings(),
        event.infos(),
        event.correlationId());
  }
}
