package dnd.metrics.client;

/**
 * Measures a time and observes it, in seconds, when it is closed: {@code try (Timer timer =
 * client.startTimer("save_seconds", labels)) { ... }}. For one use by one thread.
 */
public final class Timer implements AutoCloseable {
  private final Histogram histogram;
  private final long startNanos = System.nanoTime();
  private boolean closed;

  Timer(Histogram histogram) {
    this.histogram = histogram;
  }

  /** Observes the seconds since the timer was made; closing it again has no effect. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      histogram.observe((System.nanoTime() - startNanos) / 1e9);
    }
  }
}
