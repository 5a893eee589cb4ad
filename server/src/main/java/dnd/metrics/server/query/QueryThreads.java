package dnd.metrics.server.query;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that answer questions, and the queue before them. They are threads of the operating
 * system: queries compute, and a virtual thread that computes keeps its carrier, so that as many
 * long queries as there are cores would hold up the hub's connections, which are virtual threads.
 * Safe for use by several threads.
 */
final class QueryThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  /** Room for the deepest expression that the parser lets through. */
  private static final long STACK_BYTES = 8L << 20;

  private final ThreadPoolExecutor executor;

  QueryThreads(int running, int queued) {
    executor =
        new ThreadPoolExecutor(
            running,
            running,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queued),
            Thread.ofPlatform().name("query-", 1).daemon().stackSize(STACK_BYTES).factory());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Runs the task when a thread is free; false where too many wait already. */
  boolean submit(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  int waiting() {
    return executor.getQueue().size();
  }

  /** Takes no more tasks, and waits for those that run or wait. */
  boolean finish(long millis) {
    executor.shutdown();
    try {
      return executor.awaitTermination(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
