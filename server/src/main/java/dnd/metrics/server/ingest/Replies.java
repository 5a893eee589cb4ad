package dnd.metrics.server.ingest;

import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.Problem;
import dnd.metrics.server.hub.Headers;
import dnd.metrics.server.hub.Hub;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the service says about a batch: to the reply subject or, without one, to {@code
 * <service>.<type>}; and to everybody who listens to {@code metrics.collected} or {@code
 * metrics.rejected}. Never throws. Safe for use by several threads.
 */
final class Replies {
  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

  private final Hub hub;
  private final InstantSource clock;
  private final EventIds ids;
  private final IngestCounters counters;
  private final RejectionLog log;

  Replies(Hub hub, InstantSource clock, EventIds ids, IngestCounters counters, RejectionLog log) {
    this.hub = hub;
    this.clock = clock;
    this.ids = ids;
    this.counters = counters;
    this.log = log;
  }

  /** A batch of which at least one metric is on disk, or one that came before. */
  void collected(
      Recipient recipient, byte[] event, byte @Nullable [] rejectedEvent, boolean duplicate) {
    reply(recipient, EventTypes.METRICS_COLLECTED, event);
    if (!duplicate) { // it was announced the first time
      announce(EventTypes.METRICS_COLLECTED, event);
    }
    if (rejectedEvent != null) {
      announce(EventTypes.METRICS_REJECTED, rejectedEvent);
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "collected from {} correlation_id={}", recipient.service(), recipient.correlationId());
    }
  }

  /** A batch that was rejected whole. */
  void reject(Recipient recipient, Problem problem) {
    counters.rejectedBatch(problem.code());
    log.batch(recipient, problem);
    ReplyWriter writer = new ReplyWriter(ids, hub.maxPayloadBytes());
    rejected(
        recipient,
        writer.rejected(clock.millis(), problem, recipient.service(), recipient.correlationId()));
  }

  void rejected(Recipient recipient, byte[] event) {
    reply(recipient, EventTypes.METRICS_REJECTED, event);
    announce(EventTypes.METRICS_REJECTED, event);
  }

  private void reply(Recipient recipient, String type, byte[] event) {
    String subject = recipient.replyTo();
    if (subject == null) {
      subject = recipient.service() + "." + type;
      if (!hub.hasInterest(subject)) {
        return;
      }
    }
    publish(subject, event, recipient);
  }

  private void announce(String subject, byte[] event) {
    if (hub.hasInterest(subject)) {
      publish(subject, event, null);
    }
  }

  private void publish(String subject, byte[] event, @Nullable Recipient recipient) {
    try {
      hub.publish(subject, null, Headers.NONE, event);
    } catch (RuntimeException e) {
      counters.unsentReply();
      LOG.warn(
          "could not send to {} correlation_id={}",
          subject,
          recipient == null ? "" : recipient.correlationId(),
          e);
    }
  }
}
