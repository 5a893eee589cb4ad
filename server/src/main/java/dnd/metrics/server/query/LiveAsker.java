package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.events.QueryEvent;
import dnd.metrics.server.promql.exec.QueryResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One asker of a live query: what it was sent, and whether it keeps up. Its lock guards its state
 * and the order of what is sent to it; whoever holds it may send, and takes no other lock but the
 * hub's.
 */
final class LiveAsker implements OpenQuery {
  private static final Logger LOG = LoggerFactory.getLogger(LiveAsker.class);

  /** How many updates may wait while an answer is being made and sent. */
  private static final int MAX_PENDING = 64;

  /** With more than this waiting for its reader, updates are left out. */
  private static final long BEHIND_BYTES = 4 << 20;

  /** With less than this waiting, the whole is sent again. */
  private static final long CAUGHT_UP_BYTES = 1 << 20;

  private enum State {
    /** A whole answer is being made and sent; updates wait. */
    ANSWERING,
    /** It was sent all there is. */
    CURRENT,
    /** Updates were left out: it needs the whole again. */
    BEHIND,
    ENDED
  }

  private final QueryContext context;
  private final Asker asker;
  private final QueryEvent event;
  private final String id;
  private final long receivedMillis;
  private final Consumer<LiveAsker> onEnd;
  private final Deque<LiveChange> pending = new ArrayDeque<>();
  private State state = State.ANSWERING;
  private boolean overflowed;
  private long nextUpdate;
  private volatile boolean ended;
  private volatile @Nullable LiveQuery query;

  /**
   * @param onEnd called once it is over
   */
  LiveAsker(
      QueryContext context, Asker asker, QueryEvent event, String id, Consumer<LiveAsker> onEnd) {
    this.context = context;
    this.asker = asker;
    this.event = event;
    this.id = id;
    this.receivedMillis = context.clock().millis();
    this.onEnd = onEnd;
  }

  @Override
  public Asker asker() {
    return asker;
  }

  QueryEvent event() {
    return event;
  }

  /** The name under which the engine runs what is evaluated for this asker alone. */
  String id() {
    return id;
  }

  boolean hasEnded() {
    return ended;
  }

  @Nullable LiveQuery query() {
    return query;
  }

  void joins(LiveQuery shared) {
    query = shared;
  }

  boolean isGone() {
    return !context.hub().hasInterest(asker.answerSubject());
  }

  /** Sends a whole answer, then the updates that came meanwhile. */
  void answer(QueryResult result) {
    long number;
    synchronized (this) {
      number = nextUpdate++;
    }
    JsonBuffer head = new JsonBuffer(64);
    head.raw(",\"update\":").number(number);
    if (number > 0) {
      head.raw(",\"full\":true,\"time\":").number(context.clock().millis() / 1e3);
    }
    byte[] foot = Answers.foot(result.annotations(), event.stats() ? result.statistics() : null);
    if (!deliver(head, foot, stream -> new ValueWriter().write(result.value(), stream))) {
      return;
    }
    synchronized (this) {
      if (state != State.ANSWERING) {
        return;
      }
      state = overflowed ? State.BEHIND : State.CURRENT;
      overflowed = false;
      LiveChange change;
      while (state == State.CURRENT && (change = pending.poll()) != null) {
        send(change);
      }
      pending.clear();
    }
  }

  /** Takes what an evaluation changed. */
  synchronized void offer(LiveChange change) {
    switch (state) {
      case ANSWERING -> {
        if (pending.size() < MAX_PENDING && !overflowed) {
          pending.add(change);
        } else {
          pending.clear();
          overflowed = true;
        }
      }
      case CURRENT -> send(change);
      case BEHIND, ENDED -> {}
    }
  }

  private void send(LiveChange change) {
    long waiting = context.hub().pendingBytes(asker.answerSubject());
    if (waiting > BEHIND_BYTES || change.size() > BEHIND_BYTES) {
      state = State.BEHIND;
      return;
    }
    JsonBuffer head = new JsonBuffer(64);
    head.raw(",\"update\":").number(nextUpdate++).raw(change.head());
    deliver(head, change.foot(), change::write);
  }

  /** Sends one event or its parts; where that fails, it is over, and false is returned. */
  private boolean deliver(JsonBuffer head, byte[] foot, Answers.Body body) {
    Answers answers = context.answers();
    switch (answers.deliver(asker, event.parts(), () -> ended, head.toByteArray(), foot, body)) {
      case SENT -> {
        return true;
      }
      case TOO_LARGE -> end(ErrorAnswer.tooLarge(context.hub().maxPayloadBytes(), event.parts()));
      case ASKER_GONE -> abandon();
      case CANCELED -> {} // whoever cancelled it has told the asker
    }
    return false;
  }

  /** Whether its first answer was begun. */
  synchronized boolean isAnswered() {
    return nextUpdate > 0;
  }

  /** Whether it was left behind and can take the whole now; it counts as answering then. */
  synchronized boolean wantsWhole() {
    if (state == State.BEHIND
        && context.hub().pendingBytes(asker.answerSubject()) < CAUGHT_UP_BYTES) {
      state = State.ANSWERING;
      return true;
    }
    return false;
  }

  /** It could not be given the whole: later, then. */
  synchronized void postpone() {
    if (state == State.ANSWERING) {
      state = State.BEHIND;
      pending.clear();
      overflowed = false;
    }
  }

  /** Ends it; doing it again has no effect. */
  void end(@Nullable ErrorAnswer reason) {
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      ended = true;
      pending.clear();
      if (reason != null) {
        context.answers().error(asker, reason);
      }
    }
    context.engine().cancel(id);
    onEnd.accept(this);
  }

  @Override
  public void cancel() {
    end(ErrorAnswer.canceled("its live updates"));
  }

  @Override
  public void abandon() {
    LOG.debug("{} no longer listens for {}", asker.service(), asker);
    end(null);
  }

  @Override
  public QueryEntry entry(long nowMillis) {
    LiveQuery shared = query;
    return new QueryEntry(
        asker,
        event.query(),
        shared == null ? QueryEntry.State.QUEUED : QueryEntry.State.LIVE,
        receivedMillis,
        shared == null ? 0 : shared.samplesRead(),
        shared == null ? 0 : shared.seriesRead(),
        0,
        shared == null ? 0 : shared.peakBytes());
  }
}
