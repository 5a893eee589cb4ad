package dnd.metrics.server.hub.embedded;

import java.time.Duration;

/** Options that tests begin from: a free port, no time lost at the end. */
final class TestHub {
  private TestHub() {}

  static HubOptions options() {
    HubOptions defaults = HubOptions.defaults();
    return defaults
        .withListen("127.0.0.1", 0)
        .withTimes(
            defaults.writeDeadline(),
            defaults.pingInterval(),
            defaults.maxPingsOut(),
            defaults.authTimeout(),
            Duration.ZERO);
  }
}
