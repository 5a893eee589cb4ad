package dnd.metrics.server.hub.embedded;

import java.time.Duration;

/**
 * Options that tests begin from: a free port, patience with clients that a busy machine holds up,
 * no time lost at the end.
 */
final class TestHub {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private TestHub() {}

  static HubOptions options() {
    HubOptions defaults = HubOptions.defaults();
    return defaults
        .withListen("127.0.0.1", 0)
        .withTimes(
            PATIENCE, defaults.pingInterval(), defaults.maxPingsOut(), PATIENCE, Duration.ZERO);
  }
}
