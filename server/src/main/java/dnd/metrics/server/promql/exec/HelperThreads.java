package dnd.metrics.server.promql.exec;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that help queries with much to do: one fewer than there are cores, shared by all
 * queries. A query never waits for one: it gets those that are idle, or none. Safe for use by
 * several threads.
 */
final class HelperThreads {
  private static final long IDLE_SECONDS = 30;

  private final int count;
  private final Semaphore idle;
  private final ThreadPoolExecutor executor;

  HelperThreads(int count) {
    this.count = count;
    this.idle = new Semaphore(count);
    this.executor =
        new ThreadPoolExecutor(
            Math.max(1, count),
            Math.max(1, count),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("query-helper-", 1).daemon().factory());
    executor.allowCoreThreadTimeOut(true);
  }

  static HelperThreads ofThisMachine() {
    return new HelperThreads(Runtime.getRuntime().availableProcessors() - 1);
  }

  int count() {
    return count;
  }

  /** Runs {@code work} on an idle thread; false where there is none. */
  boolean tryHelp(Runnable work) {
    if (!idle.tryAcquire()) {
      return false;
    }
    executor.execute(() -> {
      try {
        work.run();
      } finally {
        idle.release();
      }
    });
    return true;
  }
}
