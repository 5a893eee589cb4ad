package dnd.metrics.server.announce;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells everybody of alerts: publishes {@code alert.triggered} and {@code alert.resolved}. Safe for
 * use by several threads.
 */
public final class Announcer {
  private static final int EVENT_BYTES = 1024;

  private final Hub hub;
  private final InstantSource clock;

  /** Guards what is below; publications of one alert leave in the order of its changes. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Set<String> announced = new HashSet<>();

  public Announcer(Hub hub, InstantSource clock) {
    this.hub = hub;
    this.clock = clock;
  }

  /**
   * Takes in alerts that began or ceased to fire, or whose annotations or value changed; what is to
   * be announced at once has been published when it returns. To be called once the alerts are
   * durable, and after a restart with every alert that fires and with every resolved one of which
   * the resolution may not have been announced. Handing in an alert again changes nothing.
   */
  public void accept(List<Alert> alerts) {
    lock.lock();
    try {
      hub.publishTogether(() -> alerts.forEach(this::announce));
    } finally {
      lock.unlock();
    }
  }

  private void announce(Alert alert) {
    String eventId = alert.id() + '/' + (alert.firing() ? "triggered" : "resolved");
    if (!alert.firing() && !announced.contains(alert.id() + "/triggered")) {
      return; // nobody knows that it fired
    }
    if (announced.add(eventId)) {
      JsonBuffer out = new JsonBuffer(EVENT_BYTES);
      AnnouncementEvent.write(out, alert, eventId, clock.millis());
      hub.publish(
          AnnouncementEvent.type(alert),
          null,
          Headers.of("Nats-Msg-Id", eventId),
          out.toByteArray());
    }
  }
}
