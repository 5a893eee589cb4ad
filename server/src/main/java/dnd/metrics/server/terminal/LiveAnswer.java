package dnd.metrics.server.terminal;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answer of a live query as it is now: its first answer with the updates that came since. For
 * one query and one thread.
 */
public final class LiveAnswer {
  private final long windowMillis;
  private final Map<Labels, TreeMap<Long, AnswerSample>> series = new TreeMap<>();
  private AnswerCollector collector = new AnswerCollector();
  private Answer last = new Answer("", List.of(), List.of(), List.of(), Map.of());
  private List<Labels> gone = List.of();
  private long updates = -1;

  /**
   * @param windowMillis how long points of a range query are kept behind the newest; 0: an instant
   *     query
   */
  public LiveAnswer(long windowMillis) {
    this.windowMillis = windowMillis;
  }

  /**
   * Takes one event.
   *
   * @return whether the answer is whole again, rather than parts of an update being on their way
   * @throws QueryRefusedException where it is an error, with which live queries end
   * @throws NotJsonException where it is no answer, or an update or part is missing
   */
  public boolean add(byte[] event) throws QueryRefusedException, NotJsonException {
    if (!collector.add(event)) {
      return false;
    }
    AnswerCollector whole = collector;
    collector = new AnswerCollector();
    if (whole.update() != updates + 1) {
      throw new NotJsonException(
          "update " + (updates + 1) + " is missing, after it came " + whole.update());
    }
    updates = whole.update();
    last = whole.answer();
    gone = whole.gone();
    if (updates == 0 || whole.isFull()) {
      series.clear();
    }
    gone.forEach(series::remove);
    for (AnswerSeries changed : last.series()) {
      merge(changed);
    }
    slide();
    return true;
  }

  private void merge(AnswerSeries changed) {
    TreeMap<Long, AnswerSample> known =
        series.computeIfAbsent(changed.labels(), labels -> new TreeMap<>());
    if (!last.isRange()) {
      known.clear();
    }
    for (AnswerSample sample : changed.samples()) {
      if (sample.isAbsent()) {
        known.remove(sample.timeMillis());
      } else {
        known.put(sample.timeMillis(), sample);
      }
    }
  }

  private void slide() {
    if (windowMillis > 0) {
      long oldest = newestMillis() - windowMillis;
      series.values().forEach(points -> points.headMap(oldest).clear());
    }
    series.values().removeIf(TreeMap::isEmpty);
  }

  /** The time of the newest point; 0 where there is none. */
  public long newestMillis() {
    long newest = 0;
    for (TreeMap<Long, AnswerSample> points : series.values()) {
      newest = points.isEmpty() ? newest : Math.max(newest, points.lastKey());
    }
    return newest;
  }

  /** How many updates came after the first answer; -1 before that. */
  public long updates() {
    return updates;
  }

  /** What the last event said: the first answer, or the series and points that changed. */
  public Answer change() {
    return last;
  }

  /** The series of which the last event said that they are no longer in the result. */
  public List<Labels> gone() {
    return gone;
  }

  /** All there is now, series in the order of their labels. */
  public Answer answer() {
    List<AnswerSeries> all = new ArrayList<>(series.size());
    series.forEach(
        (labels, points) -> all.add(new AnswerSeries(labels, List.copyOf(points.values()))));
    return new Answer(last.resultType(), all, last.warnings(), last.infos(), last.statistics());
  }
}
