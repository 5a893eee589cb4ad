package dnd.metrics.client;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Metric;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decides when what has changed is pushed, and ends the client. It acts in turns: {@link #turn}
 * does all that is due and says when the next one is; an answer, a full batch, a flush or a close
 * calls {@code wake}. One thread takes the turns; the other methods may be called by any.
 */
final class Pusher {
  private static final String DROPPED_EVENTS = "dnd_metrics_client_dropped_events_total";

  private enum Phase {
    OPEN,
    FLUSHING,
    SAYING_GOODBYE,
    CLOSED
  }

  private record Close(long timeoutMillis, CompletableFuture<Void> done) {}

  /**
   * @param isLast nothing is pushed again for it: more events are made of all series than may wait
   */
  private record FlushUnderWay(long lastNumber, boolean isLast, CompletableFuture<Void> done) {}

  private final PushSettings settings;
  private final MessageHub hub;
  private final ClientClock clock;
  private final SeriesTable table;
  private final ChangedSeries changes;
  private final Runnable wake;
  private final Outbox outbox;
  private final Backoff backoff;
  private final EventMaker events;
  private final PutSeries put;
  private final long beganWallMillis;
  private @Nullable Counter dropped;
  private long nextPushMillis;

  private final ConcurrentLinkedQueue<Flush> flushes = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<List<Metric>> reports = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Close> closes = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<FlushUnderWay> underWay = new ArrayDeque<>();

  private volatile Phase phase = Phase.OPEN;
  private long closeByMillis;
  private @Nullable Waiting goodbye;
  private @Nullable Attempt goodbyeAttempt;
  private long goodbyeAgainMillis = Long.MIN_VALUE;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  Pusher(
      PushSettings settings,
      MessageHub hub,
      ClientClock clock,
      SeriesTable table,
      ChangedSeries changes,
      Backoff backoff,
      ClientCallbacks callbacks,
      Runnable wake) {
    this.settings = settings;
    this.hub = hub;
    this.clock = clock;
    this.table = table;
    this.changes = changes;
    this.backoff = backoff;
    this.wake = wake;
    this.outbox = new Outbox(hub, settings, backoff, callbacks, wake, event -> countDropped());
    this.events = new EventMaker(settings, hub, clock, outbox, callbacks, this::countDropped);
    this.put = new PutSeries(settings.repeatIntervalMillis());
    this.beganWallMillis = clock.wallMillis();
    this.nextPushMillis = clock.millis() + settings.pushIntervalMillis();
  }

  private void countDropped() {
    if (phase != Phase.OPEN) {
      return; // nothing is sent any more that could say so; the callback was told
    }
    if (dropped == null) {
      dropped = table.counterSince(DROPPED_EVENTS, beganWallMillis);
    }
    dropped.inc();
  }

  /** Makes a push; the future is done when all that waits is acknowledged, refused or dropped. */
  CompletableFuture<Void> flush(String correlationId) {
    Flush flush = new Flush(correlationId, new CompletableFuture<>());
    flushes.add(flush);
    wake.run();
    return flush.done();
  }

  /** Sends all that one instance has. */
  void report(List<Metric> metrics) {
    reports.add(metrics);
    wake.run();
  }

  /** Flushes, says that the instance is gone, and ends; all within that time. */
  CompletableFuture<Void> close(long timeoutMillis) {
    closes.add(new Close(timeoutMillis, closed));
    wake.run();
    return closed;
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** Does what is due; when the next turn is due, by the clock for waiting. */
  long turn() {
    long now = clock.millis();
    if (phase == Phase.CLOSED) {
      return Long.MAX_VALUE;
    }
    outbox.turn(now);
    takeReports();
    takeFlushes(now);
    takeClose(now);
    outbox.turn(now);
    while (phase == Phase.OPEN && isPushDue(now)) {
      push(now, CorrelationIds.make());
      outbox.turn(now);
    }
    completeFlushes(now);
    finish(now);
    return nextMillis();
  }

  private boolean isPushDue(long now) {
    return now >= nextPushMillis || (changes.count() >= settings.batchSize() && outbox.isEmpty());
  }

  private void push(long now, String correlationId) {
    push(now, correlationId, false);
  }

  /** Makes events of what changed and of what rested for long; where it is whole, of all series. */
  private void push(long now, String correlationId, boolean whole) {
    nextPushMillis = now + settings.pushIntervalMillis();
    if (whole) {
      outbox.wholeFollows();
    }
    List<Metric> metrics = new ArrayList<>();
    for (Series series : whole ? put.putAll(changes.take(), now) : put.put(changes.take(), now)) {
      metrics.add(series.collect());
    }
    if (!metrics.isEmpty()) {
      events.push(metrics, correlationId);
    }
  }

  private void takeReports() {
    for (List<Metric> report = reports.poll(); report != null; report = reports.poll()) {
      events.report(report);
    }
  }

  private void takeFlushes(long now) {
    for (Flush flush = flushes.poll(); flush != null; flush = flushes.poll()) {
      boolean whole = outbox.hasGap();
      push(now, flush.correlationId(), whole);
      outbox.hurry();
      boolean isLast = whole && outbox.hasGap();
      underWay.add(new FlushUnderWay(outbox.lastNumber(), isLast, flush.done()));
    }
  }

  private void completeFlushes(long now) {
    while (!underWay.isEmpty() && outbox.isThrough(underWay.getFirst().lastNumber())) {
      FlushUnderWay flush = underWay.removeFirst();
      boolean isAwaited = !flush.done().isDone(); // and not given up
      if (phase == Phase.OPEN && isAwaited && !flush.isLast() && outbox.hasGap()) {
        push(now, CorrelationIds.make(), true);
        underWay.addFirst(new FlushUnderWay(outbox.lastNumber(), outbox.hasGap(), flush.done()));
        outbox.turn(now);
      } else {
        // Not on this thread: what the caller has put behind it must not hold up the pushes.
        flush.done().completeAsync(() -> null);
      }
    }
  }

  private void takeClose(long now) {
    Close close = closes.poll();
    if (close == null || phase != Phase.OPEN) {
      return;
    }
    phase = Phase.FLUSHING;
    closeByMillis = now + close.timeoutMillis();
    changes.close();
    push(now, CorrelationIds.make(), outbox.hasGap());
    outbox.hurry();
  }

  private void finish(long now) {
    if (phase == Phase.FLUSHING && (outbox.isEmpty() || now >= closeByMillis)) {
      outbox.dropAll("the client was closed");
      completeFlushes(now);
      goodbye = events.gone();
      phase = Phase.SAYING_GOODBYE;
    }
    if (phase == Phase.SAYING_GOODBYE && goodbye != null && sayGoodbye(goodbye, now)) {
      phase = Phase.CLOSED;
      closed.completeAsync(() -> null);
    }
  }

  /** Whether it was heard, or the time is over. At least one attempt is made. */
  private boolean sayGoodbye(Waiting event, long now) {
    while (true) {
      Attempt attempt = goodbyeAttempt;
      if (attempt == null) {
        if (now < goodbyeAgainMillis) {
          return now >= closeByMillis;
        }
        attempt = Outbox.attempt(hub, event, now, Math.max(0, closeByMillis - now));
        goodbyeAttempt = attempt;
        attempt.whenAnswered(wake);
      }
      Reply outcome = attempt.outcome(now);
      if (outcome == null) {
        return false;
      }
      if (outcome instanceof Reply.Ended || now >= closeByMillis) {
        return true;
      }
      goodbyeAttempt = null;
      goodbyeAgainMillis = now + backoff.nextMillis();
    }
  }

  private long nextMillis() {
    return switch (phase) {
      case OPEN -> Math.min(nextPushMillis, outbox.nextMillis());
      case FLUSHING -> Math.min(closeByMillis, outbox.nextMillis());
      case SAYING_GOODBYE ->
          goodbyeAttempt == null ? Math.min(closeByMillis, goodbyeAgainMillis) : closeByMillis;
      case CLOSED -> Long.MAX_VALUE;
    };
  }
}
