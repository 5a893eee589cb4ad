package dnd.metrics.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Who is told of what happens in the background. Where the program names nobody, it is logged. What
 * a callback throws is logged, and harms nothing else.
 */
record ClientCallbacks(
    Consumer<DroppedEvent> onDropped,
    Consumer<RejectedMetric> onRejected,
    Consumer<RuntimeException> onError) {
  private static final Logger LOG = System.getLogger(MetricsClient.class.getName());

  static final ClientCallbacks LOGGING =
      new ClientCallbacks(
          dropped -> LOG.log(Level.WARNING, "dropped an event of metrics: {0}", dropped),
          rejected -> LOG.log(Level.WARNING, "metrics were rejected: {0}", rejected),
          error -> LOG.log(Level.WARNING, "metrics", error));

  void dropped(DroppedEvent event) {
    safely(onDropped, event);
  }

  void rejected(RejectedMetric metric) {
    safely(onRejected, metric);
  }

  void error(RuntimeException error) {
    safely(onError, error);
  }

  static <T> void safely(Consumer<? super T> callback, T value) {
    try {
      callback.accept(value);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "a callback failed on " + value, e);
    }
  }
}
