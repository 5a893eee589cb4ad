package dnd.metrics.server.query;

import dnd.metrics.server.hub.Hub;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops queries whose asker left before its answer: looks several times a second whether anybody
 * still listens where each open query's answer goes. Live queries look themselves.
 */
final class AskerLookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AskerLookout.class);
  private static final long LOOK_AFTER_MILLIS = 100;

  private final Hub hub;
  private final RunningQueries running;
  private final CountDownLatch closed = new CountDownLatch(1);

  AskerLookout(Hub hub, RunningQueries running) {
    this.hub = hub;
    this.running = running;
    Thread.ofPlatform().name("asker-lookout").daemon().start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(LOOK_AFTER_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          look();
        } catch (RuntimeException | Error e) {
          LOG.error("could not see which askers have left", e);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the lookout for askers was interrupted");
    }
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
    closed.countDown();
  }
}
