package dnd.metrics.server.model;

import java.util.List;
import java.util.Set;

/**
 * A source as it was at one time, for one reader: what it finds stays readable until it is closed,
 * whatever is removed from storage meanwhile. What arrives meanwhile may be seen. Safe for use by
 * several threads; closing it twice does nothing more.
 */
public interface SeriesView extends SeriesSource, AutoCloseable {
  @Override
  void close();

  /** A view of a source from which nothing is ever removed, or which {@code onClose} gives free. */
  static SeriesView of(SeriesSource source, Runnable onClose) {
    return new SeriesView() {
      @Override
      public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
        return source.select(matchers, fromMillis, toMillis);
      }

      @Override
      public List<? extends Series> select(
          List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
        return source.select(matchers, fromMillis, toMillis, progress);
      }

      @Override
      public List<Long> resolutionsMillis() {
        return source.resolutionsMillis();
      }

      @Override
      public List<? extends Series> select(
          List<Matcher> matchers,
          long fromMillis,
          long toMillis,
          Downsampling downsampling,
          SearchProgress progress) {
        return source.select(matchers, fromMillis, toMillis, downsampling, progress);
      }

      @Override
      public boolean isInMemory(long fromMillis, long toMillis) {
        return source.isInMemory(fromMillis, toMillis);
      }

      @Override
      public Set<Long> standInsMillis() {
        return source.standInsMillis();
      }

      @Override
      public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
        return source.labelNames(matchers, fromMillis, toMillis);
      }

      @Override
      public List<String> labelValues(
          String name, List<Matcher> matchers, long fromMillis, long toMillis) {
        return source.labelValues(name, matchers, fromMillis, toMillis);
      }

      @Override
      public void close() {
        onClose.run();
      }
    };
  }
}
