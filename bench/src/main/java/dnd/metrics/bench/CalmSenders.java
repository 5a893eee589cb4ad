package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import org.HdrHistogram.Histogram;

/**
 * Events at a fixed rate, of all services in turn; times count from when each was due to its reply.
 * Those of services that flood the hub at the same time are told apart.
 */
final class CalmSenders {
  private final URI hub;
  private final int perSecond;
  private final int flooding;
  private final Histogram others = new Histogram(60_000_000_000L, 3);
  private final Histogram sharing = new Histogram(60_000_000_000L, 3);

  /**
   * @param flooding so many of the services, from the first on, flood the hub
   */
  CalmSenders(URI hub, int perSecond, int flooding) {
    this.hub = hub;
    this.perSecond = perSecond;
    this.flooding = flooding;
  }

  /** Sends for so long, and returns when all is acknowledged. */
  void send(int seconds) throws IOException {
    PacedRequests.send(
        hub,
        perSecond,
        perSecond * seconds,
        new SteadyEvents("00000ca1")::publication,
        (number, nanos, reply) -> {
          (number % DevopsLoad.SERVICES < flooding ? sharing : others).recordValue(nanos);
          return reply.contains("\"count\":10") && reply.contains("\"rejected\":[]")
              ? null
              : "a push was answered with " + reply;
        });
  }

  Histogram others() {
    return others;
  }

  Histogram sharing() {
    return sharing;
  }
}
