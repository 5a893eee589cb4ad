package dnd.metrics.server.announce;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.request.Requests;
import dnd.metrics.server.upkeep.Upkeep;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of alerts that are answered here, {@code *.alert.status} and {@code *.alert.silence},
 * and the end of the alerts that services report. All of it happens on the one thread of {@link
 * Requests}.
 */
public final class AlertEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertEvents.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LONGEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Requests requests;
  private final AlertReports reports;
  private final AlertStatusHandler statuses;
  private final SilenceHandler silences;
  private final Upkeep ends = new Upkeep("alert-ends", LOOK_NANOS, LONGEST_LOOK_NANOS);

  /** Whether a look at the ends waits for its turn already. */
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * @param pending the alerts that do not fire yet
   */
  public AlertEvents(
      Hub hub,
      Database database,
      Announcer announcer,
      AlertsConfig config,
      InstantSource clock,
      Supplier<List<AlertView>> pending) {
    this.requests = new Requests(hub, clock, "alert-events");
    this.reports = new AlertReports(announcer, database, clock, config.resolveTimeoutMillis());
    this.statuses = new AlertStatusHandler(announcer, reports, pending, hub.maxPayloadBytes());
    this.silences = new SilenceHandler(announcer, database, clock, hub.maxPayloadBytes());
  }

  /** Hands the alerts that services reported before to the announcer, and subscribes. */
  public void start() {
    look();
    requests.subscribe(EventTypes.ALERT_STATUS, EventTypes.ALERTS_STATUS, statuses::answer);
    requests.subscribe(EventTypes.ALERT_SILENCE, EventTypes.ALERTS_SILENCES, silences::answer);
    ends.start(
        this::look, e -> LOG.error("alerts that are over stay meanwhile, it is tried again", e));
  }

  void look() {
    if (looking.compareAndSet(false, true)) {
      boolean waits = false;
      try {
        waits =
            requests.run(() -> {
              looking.set(false);
              reports.endOverdue();
              silences.settle();
            });
      } finally {
        if (!waits) { // as many requests do as may, or memory is missing: the next look may have it
          looking.set(false);
        }
      }
    }
  }

  /** Takes in no more and answers what waits. */
  @Override
  public void close() {
    ends.close();
    var _ =
        requests.run(() -> {
          reports.settle();
          silences.settle();
        });
    requests.close();
  }
}
