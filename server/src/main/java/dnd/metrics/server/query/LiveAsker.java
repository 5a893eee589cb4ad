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
 * and the order of what is sent to it; whoever holds it may send, but never waits for the reader,
 * and takes no other lock but the hub's.
 */
final class LiveAsker implements OpenQuery {
  private static final Logger LOG = LoggerFactory.getLogger(LiveAsker.class);

  /** How many updates may wait while an answer is being sent. */
  private static final int MAX_PENDING = 64;

  /** With more than this waiting for its reader, updates are left out. */
  private static final long BEHIND_BYTES = 4 << 20;

  /** With less than this waiting, the whole is sent again. */
  private static final long CAUGHT_UP_BYTES = 1 << 20;

  /** Room for what an event has beside result and foot, but for the correlation id. */
  private static final int FRAME_BYTES = 1024;

  private enum State {
    /** It waits for a whole answer, which will have all changes until then. */
    WAITING,
    /** A whole answer was evaluated and is being sent; updates wait. */
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
  private final long receivedMillis;
  private final Consumer<LiveAsker> onEnd;
  private final Deque<LiveChange> pending = new ArrayDeque<>();
  private long pendingBytes;
  private State state = State.WAITING;
  private boolean overflowed;
  private long nextUpdate;
  private volatile boolean ended;
  private volatile @Nullable LiveQuery query;

  /**
   * @param onEnd called once it is over
   */
  LiveAsker(QueryContext context, Asker asker, QueryEvent event, Consumer<LiveAsker> onEnd) {
    this.context = context;
    this.asker = asker;
    this.event = event;
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

  /** Whether its first answer was begun. */
  synchronized boolean isAnswered() {
    return nextUpdate > 0;
  }

  /** Whether it waits for the whole: since it came, or was left behind and can take it now. */
  synchronized boolean wantsWhole() {
    if (state == State.BEHIND
        && context.hub().pendingBytes(asker.answerSubject()) < CAUGHT_UP_BYTES) {
      state = State.WAITING;
    }
    return state == State.WAITING;
  }

  /** The whole that it waits for was evaluated: what changes from now on comes behind that. */
  synchronized boolean beginAnswer() {
    if (state != State.WAITING) {
      return false;
    }
    state = State.ANSWERING;
    return true;
  }

  /** Whether changes that are offered now are sent, or wait to be. */
  synchronized boolean takesChanges() {
    return state == State.CURRENT || (state == State.ANSWERING && !overflowed);
  }

  /** Sends the whole answer that was begun, then the updates that came meanwhile. */
  void answer(QueryResult result) {
    long number;
    synchronized (this) {
      if (state != State.ANSWERING) {
        return;
      }
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
      forgetPending();
    }
  }

  /** The whole that was begun cannot be sent: later, then. */
  synchronized void postpone() {
    if (state == State.ANSWERING) {
      state = State.BEHIND;
      overflowed = false;
      forgetPending();
    }
  }

  private void forgetPending() {
    pending.clear();
    pendingBytes = 0;
  }

  /** Takes what an evaluation changed. */
  synchronized void offer(LiveChange change) {
    switch (state) {
      case ANSWERING -> {
        if (overflowed) {
          return;
        }
        pendingBytes += change.size();
        if (pending.size() < MAX_PENDING && pendingBytes <= BEHIND_BYTES) {
          pending.add(change);
        } else {
          forgetPending();
          overflowed = true;
        }
      }
      case CURRENT -> send(change);
      case WAITING, BEHIND, ENDED -> {}
    }
  }

  private void send(LiveChange change) {
    if (!hasRoomFor(change)) {
      state = State.BEHIND;
      return;
    }
    JsonBuffer head = new JsonBuffer(64);
    head.raw(",\"update\":").number(nextUpdate++).raw(change.head());
    deliver(head, change.foot(), change::write);
  }

  /** Whether it can be sent at once, and in the events that there may be; else the whole comes. */
  private boolean hasRoomFor(LiveChange change) {
    int most = context.hub().maxPayloadBytes() - FRAME_BYTES - 6 * asker.correlationId().length();
    return change.size() <= LiveChange.MAX_BYTES
        && (event.parts() ? change.foot().length <= most / 2 : change.size() <= most)
        && context.hub().pendingBytes(asker.answerSubject()) <= BEHIND_BYTES;
  }

  /** Sends one event or its parts; where that fails, it is over, and false is returned. */
  private boolean deliver(JsonBuffer head, byte[] foot, Answers.Body body) {
    Answers answers = context.answers();
    switch (answers.deliver(asker, event.parts(), () -> ended, head.toByteArray(), foot, body)) {
      case SENT -> {
        return true;
      }
      case TOO_LARGE -> end(ErrorAnswer.tooLarge(context.hub().maxPayloadBytes(), event.parts()));
      case TIMED_OUT -> end(ErrorAnswer.timedOutSending());
      case ASKER_GONE -> abandon();
      case CANCELED -> {} // whoever cancelled it has told the asker
    }
    return false;
  }

  /** Ends it; doing it again has no effect. */
  void end(@Nullable ErrorAnswer reason) {
    ended = true; // who is sending to it sees that before the lock is free
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      forgetPending();
    }
    try {
      if (reason != null) {
        context.answers().error(asker, reason);
      }
    } finally {
      onEnd.accept(this);
    }
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
        shared == null ? 0 : shared.evaluation().samplesRead(),
        shared == null ? 0 : shared.evaluation().seriesRead(),
        shared == null ? 0 : shared.heldBytes(),
        shared == null ? 0 : shared.evaluation().peakBytes());
  }
}
