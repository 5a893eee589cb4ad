package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.EventTypes;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.RejectedMetric;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadUnavailableException;
import dnd.metrics.server.head.Sender;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.head.SenderLimitException;
import dnd.metrics.server.hub.Message;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The way of one connection's events into the head, with all that is reused from event to event:
 * predict or parse, begin, apply, commit, answer. For one thread.
 */
final class IngestLane {
  private static final String ID_HEADER = "Nats-Msg-Id";

  private final Head head;
  private final InstantSource clock;
  private final EventParser parser;
  private final PayloadPlaces places = new PayloadPlaces();
  private final ParsedBatch batch = new ParsedBatch();
  private final Predictor predictor;
  private final BatchApplier applier;
  private final ReplyWriter writer;
  private final Replies replies;
  private final IngestCounters counters;
  private final RejectionLog log;
  private final InFlight inFlight;
  private boolean answered;
  private boolean predicted;

  IngestLane(
      Head head,
      IngestLimits limits,
      InstantSource clock,
      MetadataNotes notes,
      Predictor predictor,
      ReplyWriter writer,
      Replies replies,
      IngestCounters counters,
      RejectionLog log,
      InFlight inFlight) {
    this.head = head;
    this.clock = clock;
    this.parser = new EventParser(limits);
    this.predictor = predictor;
    this.applier = new BatchApplier(notes);
    this.writer = writer;
    this.replies = replies;
    this.counters = counters;
    this.log = log;
    this.inFlight = inFlight;
  }

  /** Whether the event that {@link #take} was last called with has its answer, or will get it. */
  boolean isAnswered() {
    return answered;
  }

  /**
   * Takes in one event and answers it, now or once it is on disk. Waits where too much of the
   * connection is in flight already.
   *
   * @throws InvalidEventException where the envelope is wrong; the caller answers
   * @throws HeadUnavailableException where nothing can be taken in now; the caller answers
   * @throws SenderLimitException where the sender is one too many; the caller answers
   */
  void take(Message message, String service, boolean report)
      throws InvalidEventException, HeadUnavailableException, SenderLimitException {
    answered = false;
    predicted = false;
    inFlight.awaitRoom();
    try {
      takeNow(message, service, report);
    } finally {
      int rows = batch.rows;
      batch.clear(); // the next event may be long in coming
      if (!predicted) { // who repeats a large one keeps the room for it
        batch.shrink(rows);
        places.shrink();
      }
    }
  }

  /** What is left of an event that was taken in: nothing. */
  ParsedBatch batch() {
    return batch;
  }

  private void takeNow(Message message, String service, boolean report)
      throws InvalidEventException, HeadUnavailableException, SenderLimitException {
    long received = clock.millis();
    read(message, received, service, report);
    Recipient recipient = new Recipient(service, message.replyTo(), batch.correlationId);
    if (batch.rows == 0 && !batch.rejected.isEmpty()) {
      rejectAll(recipient);
      return;
    }
    Sender sender = batch.sender;
    if (sender == null) {
      sender = head.sender(new SenderId(batch.service, batch.instance));
    }
    try (SenderBatch target = sender.begin(kind(report), batch.eventId, received)) {
      apply(target, recipient, received, message.length());
    }
  }

  private EventKind kind(boolean report) {
    if (!report) {
      return EventKind.PUSH;
    }
    return batch.rows == 0 ? EventKind.END : EventKind.REPORT;
  }

  private void read(Message message, long received, String service, boolean report)
      throws InvalidEventException, SenderLimitException {
    byte[] bytes = message.buffer();
    int offset = message.offset();
    int length = message.length();
    predicted = predictor.predict(bytes, offset, length, received, service, report, batch);
    counters.event(predicted);
    if (!predicted) {
      batch.clear();
      parser.parse(
          bytes,
          offset,
          length,
          report ? EventTypes.METRICS_REPORT : EventTypes.METRICS_PUSH,
          service,
          batch,
          places);
      batch.report = report;
      if (batch.rejected.isEmpty() && places.isLearnable()) {
        batch.sender = head.sender(new SenderId(batch.service, batch.instance));
        predictor.learn(bytes, offset, length, received, batch, places);
      }
    }
    if (batch.eventId == null) {
      batch.eventId = headerId(message);
    }
  }

  private static @Nullable String headerId(Message message) throws InvalidEventException {
    if (message.headers().isEmpty()) {
      return null;
    }
    String id = message.headers().first(ID_HEADER);
    EventParser.requireIdLength("header " + ID_HEADER, id);
    return id;
  }

  private void apply(SenderBatch target, Recipient recipient, long received, int size) {
    boolean duplicate = target.isDuplicate();
    int stored = 0;
    if (duplicate) {
      counters.duplicate();
      batch.clearRejected(); // they were named the first time
    } else {
      stored = applier.apply(batch, target, received);
      counters.stored(stored);
      countRejected();
      if (stored == 0 && !batch.rejected.isEmpty()) {
        // Nothing is committed; closing the batch logs what little the head may have made.
        replies.rejected(recipient, writer.rejected(received, batch));
        answered = true;
        return;
      }
    }
    Acknowledgement acknowledgement = new Acknowledgement(replies, recipient, inFlight, size);
    long sequence = target.commit(acknowledgement);
    acknowledgement.ready(
        writer.collected(received, sequence, duplicate, batch, stored),
        batch.rejected.isEmpty() ? null : writer.rejected(received, batch),
        duplicate);
    answered = true;
  }

  private void rejectAll(Recipient recipient) {
    countRejected();
    replies.rejected(recipient, writer.rejected(clock.millis(), batch));
    answered = true;
  }

  private void countRejected() {
    if (batch.rejected.isEmpty()) {
      return;
    }
    batch.rejected.sort(Comparator.comparingInt(RejectedMetric::index));
    log.metrics(batch);
    for (RejectedMetric metric : batch.rejected) {
      counters.rejectedMetric(ErrorCode.valueOf(metric.code().toUpperCase(Locale.ROOT)));
    }
  }
}
