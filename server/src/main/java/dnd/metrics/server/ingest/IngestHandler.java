package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventIds;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.Problem;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadUnavailableException;
import dnd.metrics.server.head.SenderLimitException;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.Message;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in {@code *.metrics.push} and {@code *.metrics.report}: reads the event, applies it to the
 * head, and answers once the head has it on disk. Every event gets exactly one answer, whatever is
 * wrong with it. Events of one connection are handled one after the other on the hub's thread, so
 * that a sender's order is kept; different connections are handled side by side. Safe for use by
 * several threads.
 */
public final class IngestHandler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestHandler.class);

  private final Hub hub;
  private final IngestCounters counters = new IngestCounters();
  private final PredictionBudget budget;
  private final Replies replies;
  private final ThreadLocal<IngestLane> lanes;
  private final List<Hub.Subscription> subscriptions = new ArrayList<>();

  public IngestHandler(Hub hub, Head head, IngestLimits limits, InstantSource clock) {
    this.hub = hub;
    EventIds ids = new EventIds();
    RejectionLog log = new RejectionLog(clock);
    this.replies = new Replies(hub, clock, ids, counters, log);
    MetadataNotes notes = new MetadataNotes(head.metadata());
    InFlightLimit inFlight = new InFlightLimit();
    this.budget = new PredictionBudget(limits.learnedBytes());
    this.lanes =
        ThreadLocal.withInitial(() ->
            new IngestLane(
                head,
                limits,
                clock,
                notes,
                new Predictor(budget, limits.maxMetricsPerEvent()),
                new ReplyWriter(ids, hub.maxPayloadBytes()),
                replies,
                counters,
                log,
                new InFlight(inFlight, hub::letGo)));
  }

  /** Begins to take in events. */
  public void start() {
    subscriptions.add(
        hub.subscribe(
            "*." + EventTypes.METRICS_PUSH,
            EventTypes.SERVICE_NAME,
            message -> handle(message, false)));
    subscriptions.add(
        hub.subscribe(
            "*." + EventTypes.METRICS_REPORT,
            EventTypes.SERVICE_NAME,
            message -> handle(message, true)));
  }

  public IngestCounters counters() {
    return counters;
  }

  /** What the predictions of all connections take of memory, about. */
  long learnedBytes() {
    return budget.takenBytes();
  }

  private void handle(Message message, boolean report) {
    String subject = message.subject();
    String service = subject.substring(0, Math.max(0, subject.indexOf('.')));
    IngestLane lane = lanes.get();
    try {
      lane.take(message, service, report);
    } catch (InvalidEventException e) {
      replies.reject(recipient(message, service), e.problem());
    } catch (HeadUnavailableException e) {
      replies.reject(
          recipient(message, service),
          new Problem(ErrorCode.STORAGE_UNAVAILABLE, "", String.valueOf(e.getMessage())));
    } catch (SenderLimitException e) {
      replies.reject(
          recipient(message, service),
          new Problem(
              ErrorCode.SENDER_LIMIT_REACHED, "data.instance", String.valueOf(e.getMessage())));
    } catch (RuntimeException | OutOfMemoryError e) {
      lanes.remove(); // whatever state it was in, it is not used again
      Recipient recipient = recipient(message, service);
      LOG.error(
          "failed on an event on {} correlation_id={}", subject, recipient.correlationId(), e);
      if (!lane.isAnswered()) {
        replies.reject(
            recipient, new Problem(ErrorCode.INTERNAL_ERROR, "", "the service's log says more"));
      }
    }
  }

  private static Recipient recipient(Message message, String service) {
    return new Recipient(
        service,
        message.replyTo(),
        CorrelationSearch.find(message.buffer(), message.offset(), message.length()));
  }

  /** Takes in nothing more. What was taken in is still answered, once it is on disk. */
  @Override
  public void close() {
    subscriptions.forEach(Hub.Subscription::close);
    subscriptions.clear();
  }
}
