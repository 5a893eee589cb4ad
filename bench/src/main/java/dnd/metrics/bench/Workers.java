package dnd.metrics.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a measurement. The first thing that goes wrong on any of them is what the
 * measurement ends with. Safe for use by several threads.
 */
final class Workers {
  private final String name;
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /**
   * @param name begins the names of the threads
   */
  Workers(String name) {
    this.name = name;
  }

  /** What runs on a thread of its own, and may fail. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  Thread start(String what, Work work) {
    return Thread.ofPlatform()
        .daemon()
        .name(name + "-" + what)
        .start(() -> {
          try {
            work.run();
          } catch (IOException | InterruptedException | RuntimeException e) {
            fail(what + ": " + e);
          }
        });
  }

  void fail(String what) {
    failure.compareAndSet(null, what);
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  /** Throws where anything went wrong. */
  void check() {
    String wrong = failure.get();
    if (wrong != null) {
      throw new IllegalStateException(wrong);
    }
  }
}
