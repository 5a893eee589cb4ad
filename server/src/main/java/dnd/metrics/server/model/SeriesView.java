package dnd.metrics.server.model;

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
    record View(SeriesSource source, Runnable onClose) implements SeriesView, ForwardingSource {
      @Override
      public void close() {
        onClose.run();
      }
    }

    return new View(source, onClose);
  }
}
