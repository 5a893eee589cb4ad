package dnd.metrics.server.rules;

import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.EventWriter;
import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes {@code metrics.aggregated}: a recording rule's samples are on disk. */
final class AggregatedEvents {
  private static final Logger LOG = LoggerFactory.getLogger(AggregatedEvents.class);

  private final Hub hub;
  private final InstantSource clock;
  private final EventIds ids = new EventIds();

  AggregatedEvents(Hub hub, InstantSource clock) {
    this.hub = hub;
    this.clock = clock;
  }

  /** Does nothing where nobody listens. Never throws. */
  void publish(
      PreparedGroup group,
      PreparedRule.Recording rule,
      int samples,
      int ended,
      Triggers.Drained cause) {
    if (!hub.hasInterest(EventTypes.METRICS_AGGREGATED)) {
      return;
    }
    try {
      JsonBuffer out = new JsonBuffer(512);
      EventWriter.begin(out, EventTypes.METRICS_AGGREGATED, ids.next(), clock.millis());
      out.raw(",\"data\":{\"rule\":").string(rule.name());
      out.raw(",\"group\":").string(group.name());
      out.raw(",\"file\":").string(group.file());
      out.raw(",\"series\":").number((long) samples + ended);
      out.raw(",\"count\":").number((long) samples);
      out.raw(",\"correlation_id\":").string(cause.event());
      out.raw("}");
      hub.publish(
          EventTypes.METRICS_AGGREGATED, null, Headers.NONE, EventWriter.end(out).toByteArray());
    } catch (RuntimeException e) {
      LOG.warn("could not announce what rule {} recorded", rule.name(), e);
    }
  }
}
