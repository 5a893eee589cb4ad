package dnd.metrics.server.model;

import java.util.List;
import java.util.Set;

/** A source that asks another one for all in which it does not differ from it. */
public interface ForwardingSource extends SeriesSource {
  /** The other one. */
  SeriesSource source();

  @Override
  default List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  default List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return source().select(matchers, fromMillis, toMillis, progress);
  }

  @Override
  default List<Long> resolutionsMillis() {
    return source().resolutionsMillis();
  }

  @Override
  default List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling downsampling,
      SearchProgress progress) {
    return source().select(matchers, fromMillis, toMillis, downsampling, progress);
  }

  @Override
  default Set<Long> standInsMillis() {
    return source().standInsMillis();
  }

  @Override
  default boolean isInMemory(long fromMillis, long toMillis) {
    return source().isInMemory(fromMillis, toMillis);
  }

  @Override
  default long completeSinceMillis() {
    return source().completeSinceMillis();
  }

  @Override
  default List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelNames(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  default List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return source().labelNames(matchers, fromMillis, toMillis, progress);
  }

  @Override
  default List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelValues(name, matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  default List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    return source().labelValues(name, matchers, fromMillis, toMillis, progress);
  }
}
