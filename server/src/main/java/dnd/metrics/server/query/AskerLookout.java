package dnd.metrics.server.query;

import dnd.metrics.server.hub.Hub;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Stops queries whose asker left before its answer: looks several times a second whether anybody
 * still listens where each open query's answer goes. Live queries look themselves.
 */
final class AskerLookout implements AutoCloseable {
  private static final long LOOK_AFTER_MILLIS = 100;

  private final Hub hub;
  private final RunningQueries running;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("asker-lookout").daemon().factory());

  AskerLookout(Hub hub, RunningQueries running) {
    this.hub = hub;
    this.running = running;
    timer.scheduleWithFixedDelay(
        this::look, LOOK_AFTER_MILLIS, LOOK_AFTER_MILLIS, TimeUnit.MILLISECONDS);
  }

  void look() {
    for (OpenQuery open : running.all()) {
      String replyTo = open.asker().replyTo();
      if (open instanceof QueryJob && replyTo != null && !hub.hasInterest(replyTo)) {
        open.abandon();
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
