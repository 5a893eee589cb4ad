package dnd.metrics.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Turns futures into blocking calls whose exceptions have the caller's line in their trace. */
final class Futures {
  private Futures() {}

  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      future.cancel(false);
      throw new MetricsException.TimedOut("interrupted while waiting for an answer");
    }
  }

  /** The failure itself, with a trace of the thread that waited for it as a suppressed one. */
  static RuntimeException unwrapped(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof RuntimeException failure) {
      failure.addSuppressed(new Throwable("waited for here"));
      return failure;
    }
    return new IllegalStateException(cause);
  }
}
