package dnd.metrics.server.head;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A commit's callback that a test waits for. */
final class CommitLatch implements CommitCallback {
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  @Override
  public void committed() {
    done.complete(null);
  }

  @Override
  public void failed(IOException reason) {
    done.completeExceptionally(reason);
  }

  boolean isDone() {
    return done.isDone();
  }

  /** Waits until the commit is on disk; throws what the log said where it failed. */
  void await() throws IOException {
    try {
      done.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw (IOException) e.getCause();
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("no answer from the log", e);
    }
  }
}
