package dnd.metrics.server.query;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.model.Matcher;
import java.util.List;

/** Where live queries learn that series they read have new samples ({@code Head.watch}). */
@FunctionalInterface
public interface SeriesWatcher {
  /** Ends a watch. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /** Calls {@code listener} once samples of series that one of the selectors finds are on disk. */
  Watch watch(List<List<Matcher>> selectors, AppendListener listener);
}
