package dnd.metrics.server.model;

import java.util.List;
import java.util.Set;

/**
 * Where queries find series: the one way in which PromQL meets storage. Times are Unix
 * milliseconds, both ends included. Safe for use by several threads; a reader never blocks a
 * writer.
 */
public interface SeriesSource {
  /**
   * The series that match all {@code matchers} and may have samples between the two times, in no
   * order, each label set once. What a series returns later may include samples that arrived after
   * this call.
   */
  List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis);

  /** The same for who wants to know how the search gets on, and may stop it. */
  default List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    List<? extends Series> found = select(matchers, fromMillis, toMillis);
    found.forEach(progress::found);
    return found;
  }

  /**
   * The lengths of windows (milliseconds, ascending) of which there are downsampled samples; none
   * where all are raw.
   */
  default List<Long> resolutionsMillis() {
    return List.of();
  }

  /**
   * The same with samples that are aggregates of raw ones over windows of at most that length, or
   * over less: the samples of one window may come as several aggregates of parts of it, and a raw
   * one as the aggregate of itself.
   */
  default List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      SearchProgress progress) {
    return select(matchers, fromMillis, toMillis, progress).stream().map(downsampling::of).toList();
  }

  /**
   * The lengths of windows (milliseconds) of downsampled samples that stood in for raw ones which
   * are not there any more, in what was selected so far; only a {@link SeriesView} remembers any.
   */
  default Set<Long> standInsMillis() {
    return Set.of();
  }

  /**
   * Whether all samples between two times are in memory, so that nobody waits for a disk or an
   * object store who reads them. False also where that is not known.
   */
  default boolean isInMemory(long fromMillis, long toMillis) {
    return false;
  }

  /**
   * From when on nothing else can have samples that this has not, so that no other place need be
   * known to answer; the largest long where that is not known.
   */
  default long completeSinceMillis() {
    return Long.MAX_VALUE;
  }

  /** The names of the labels of the series that match, sorted. Without matchers: of all series. */
  List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis);

  /** The same for who wants to know how the search gets on, and may stop it. */
  default List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    return labelNames(matchers, fromMillis, toMillis);
  }

  /** The values that the label {@code name} has in the series that match, sorted. */
  List<String> labelValues(String name, List<Matcher> matchers, long fromMillis, long toMillis);

  /** The same for who wants to know how the search gets on, and may stop it. */
  default List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    progress.check();
    return labelValues(name, matchers, fromMillis, toMillis);
  }

  /**
   * This source for one reader, who closes it when done; a query reads through one. Where storage
   * lets go of what it has, series that were not selected through a view may become unreadable.
   */
  default SeriesView view() {
    return SeriesView.of(this, () -> {});
  }
}
