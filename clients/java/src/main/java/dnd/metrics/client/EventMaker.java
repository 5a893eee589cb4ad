package dnd.metrics.client;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.EventIds;
import dnd.metrics.events.Metric;
import dnd.metrics.events.PushEvent;
import java.util.List;

/**
 * Makes the events of one client and puts them into its outbox: timestamps that ascend, ids of
 * their own, and none larger than the hub takes. For one thread.
 */
final class EventMaker {
  /** What a NATS message has beside its payload: the header with the id. */
  private static final int HEADER_BYTES = 512;

  private final PushSettings settings;
  private final MessageHub hub;
  private final ClientClock clock;
  private final Outbox outbox;
  private final ClientCallbacks callbacks;
  private final Runnable tooLarge;
  private final EventIds ids = new EventIds();
  private long lastMillis = Long.MIN_VALUE;

  /**
   * @param tooLarge called for every metric that is larger than an event may be, and lost
   */
  EventMaker(
      PushSettings settings,
      MessageHub hub,
      ClientClock clock,
      Outbox outbox,
      ClientCallbacks callbacks,
      Runnable tooLarge) {
    this.settings = settings;
    this.hub = hub;
    this.clock = clock;
    this.outbox = outbox;
    this.callbacks = callbacks;
    this.tooLarge = tooLarge;
  }

  void push(List<Metric> metrics, String correlationId) {
    add(event(false, metrics, correlationId));
  }

  /**
   * All that one instance has. Where that does not fit into one event it goes as pushes, in parts:
   * series that are no longer there then end by the queries' lookback and not at once.
   */
  void report(List<Metric> metrics) {
    PushEvent report = event(true, metrics, CorrelationIds.make());
    byte[] payload = report.toJson();
    if (payload.length <= maxBytes()) {
      outbox.add(report.id(), report.subject(), payload, metrics.size());
    } else {
      push(metrics, CorrelationIds.make());
    }
  }

  /** An empty report, which says that the instance is gone; not put into the outbox. */
  Waiting gone() {
    PushEvent report = event(true, List.of(), CorrelationIds.make());
    return new Waiting(0, report.id(), report.subject(), report.toJson(), 0);
  }

  private PushEvent event(boolean report, List<Metric> metrics, String correlationId) {
    lastMillis = Math.max(clock.wallMillis(), lastMillis + 1);
    return new PushEvent(
        report,
        ids.next(),
        settings.service(),
        settings.instance().isEmpty() ? null : settings.instance(),
        lastMillis,
        settings.labels(),
        metrics,
        correlationId);
  }

  private void add(PushEvent push) {
    byte[] payload = push.toJson();
    List<Metric> metrics = push.metrics();
    if (payload.length <= maxBytes()) {
      outbox.add(push.id(), push.subject(), payload, metrics.size());
    } else if (metrics.size() > 1) {
      int half = metrics.size() / 2;
      add(event(false, metrics.subList(0, half), push.correlationId()));
      add(event(false, metrics.subList(half, metrics.size()), push.correlationId()));
    } else {
      callbacks.dropped(
          new DroppedEvent(
              push.id(),
              1,
              metrics.get(0).name()
                  + " is larger than the hub takes: "
                  + payload.length
                  + " bytes"));
      tooLarge.run();
    }
  }

  private long maxBytes() {
    return hub.maxPayloadBytes() - HEADER_BYTES;
  }
}
