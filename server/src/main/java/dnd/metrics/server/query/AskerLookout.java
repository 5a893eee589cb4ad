package dnd.metrics.server.query;

import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.upkeep.Upkeep;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops queries whose asker left before its answer: looks several times a second whether anybody
 * still listens where each open query's answer goes. Live queries look themselves.
 */
final class AskerLookout implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AskerLookout.class);
  private static final long LOOK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Hub hub;
  private final RunningQueries running;
  private final Upkeep upkeep = new Upkeep("asker-lookout", LOOK_AFTER_NANOS, LOOK_AFTER_NANOS);

  AskerLookout(Hub hub, RunningQueries running) {
    this.hub = hub;
    this.running = running;
    upkeep.start(this::look, failure -> LOG.error("could not see which askers have left", failure));
  }

  void look() {
    for (OpenQuery open : running.all()) {
      String replyTo = open.asker().replyTo();
      if (!(open instanceof LiveAsker) && replyTo != null && !hub.hasInterest(replyTo)) {
        open.abandon();
      }
    }
  }

  @Override
  public void close() {
    upkeep.close();
  }
}
