package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.upkeep.FailureLog;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at every connection regularly, on one thread: see {@link Connection#tick}. */
final class Housekeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);
  private static final long SHORTEST_ROUND_NANOS = Duration.ofMillis(10).toNanos();
  private static final long LONGEST_ROUND_NANOS = Duration.ofMillis(500).toNanos();

  private final HubContext hub;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("hub-housekeeper").daemon().factory());

  Housekeeper(HubContext hub) {
    this.hub = hub;
  }

  void start() {
    long round = roundNanos(hub.options());
    var _ = thread.scheduleWithFixedDelay(this::round, round, round, TimeUnit.NANOSECONDS);
  }

  void close() {
    thread.shutdownNow();
  }

  /** A quarter of the shortest time that is watched over, within bounds. */
  private static long roundNanos(HubOptions options) {
    long shortest =
        Math.min(
            options.pingInterval().toNanos(),
            Math.min(options.writeDeadline().toNanos(), options.authTimeout().toNanos()));
    return Math.clamp(shortest / 4, SHORTEST_ROUND_NANOS, LONGEST_ROUND_NANOS);
  }

  /** The scheduler would silently stop at what is thrown, and with it all deadlines. */
  private void round() {
    try {
      long now = hub.nanoClock().getAsLong();
      hub.connections().all().forEach(connection -> look(connection, now));
    } catch (RuntimeException | Error mistake) {
      FailureLog.say(LOG, "A round of looking after the connections failed", mistake);
    }
  }

  private static void look(Connection connection, long nowNanos) {
    try {
      connection.tick(nowNanos);
    } catch (RuntimeException | Error mistake) {
      FailureLog.say(LOG, "{}: looking after it failed", connection, mistake);
    }
  }
}
