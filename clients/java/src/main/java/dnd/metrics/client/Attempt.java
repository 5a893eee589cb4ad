package dnd.metrics.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way, and the answer to come.
 *
 * @param deadlineMillis when it counts as failed, by the clock for waiting
 */
record Attempt(Waiting event, CompletableFuture<byte[]> answer, long deadlineMillis) {

  /** Calls {@code action}, on any thread, as soon as the answer is there. */
  void whenAnswered(Runnable action) {
    var unused = answer.whenComplete((payload, failure) -> action.run());
  }

  /** What became of it, or null while that is open. */
  @Nullable Reply outcome(long nowMillis) {
    if (answer.isDone()) {
      return answer.handle(Attempt::read).join();
    }
    return nowMillis >= deadlineMillis ? new Reply.Failed("no answer in time") : null;
  }

  private static Reply read(byte @Nullable [] payload, @Nullable Throwable failure) {
    if (payload != null) {
      return Reply.read(payload);
    }
    return new Reply.Failed(failure == null ? "an empty answer" : String.valueOf(failure));
  }
}
