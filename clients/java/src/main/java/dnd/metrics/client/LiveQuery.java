package dnd.metrics.client;

import dnd.metrics.events.ErrorClass;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.QueryEvent;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A query that stays open: its subscribers get the answer, and again whatever it becomes. It asks
 * again by itself where the hub or the service was away, or an update was lost; the first update
 * after that holds the whole answer as it is then. It ends with {@link #close}, or with an error
 * that asking again will not mend, which its subscribers are told.
 *
 * <p>It begins when it is first subscribed to. A subscriber that is slow holds up the others and,
 * in the end, the service, which then leaves updates out. Safe for use by several threads.
 */
public final class LiveQuery implements Flow.Publisher<LiveUpdate>, AutoCloseable {
  /** After so long without an update it is looked whether the service still knows the query. */
  static final long CHECK_MILLIS = 10_000;

  private final Questions questions;
  private final LongFunction<QueryEvent> question;
  private final long windowMillis;
  private final SubmissionPublisher<LiveUpdate> publisher = new SubmissionPublisher<>();
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());

  private boolean begun; // all guarded by this
  private boolean ended;
  private long asked;
  private long heard;
  private @Nullable HubSubscription inbox;
  private @Nullable String correlationId;
  private LiveState state = new LiveState(0);

  private LiveQuery(Questions questions, LongFunction<QueryEvent> question, long windowMillis) {
    this.questions = questions;
    this.question = question;
    this.windowMillis = windowMillis;
  }

  static LiveQuery instant(Questions questions, String expression) {
    return new LiveQuery(questions, now -> QueryEvent.instant(expression, null), 0);
  }

  /** Steps are multiples of {@code stepMillis}, so that askers of the same query share its work. */
  static LiveQuery range(
      Questions questions, String expression, long windowMillis, long stepMillis) {
    if (stepMillis <= 0 || windowMillis < stepMillis) {
      throw new IllegalArgumentException("a step is longer than 0 and no longer than the window");
    }
    return new LiveQuery(
        questions,
        now -> {
          long end = now / stepMillis * stepMillis;
          long start = (end - windowMillis) / stepMillis * stepMillis;
          return QueryEvent.range(expression, start, end, stepMillis);
        },
        windowMillis);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super LiveUpdate> subscriber) {
    publisher.subscribe(subscriber);
    synchronized (this) {
      if (begun || ended) {
        return;
      }
      begun = true;
      questions.opened(this);
    }
    askAgain();
  }

  /** Begins afresh. */
  void askAgain() {
    long after;
    synchronized (this) {
      after = asked;
    }
    askAgain(after);
  }

  /** Begins afresh unless that has been done since {@code after}. */
  private void askAgain(long after) {
    long turn;
    QueryEvent query;
    synchronized (this) {
      if (ended || !begun || asked != after) {
        return;
      }
      closeInbox();
      turn = ++asked;
      state = new LiveState(windowMillis);
      query = Questions.inParts(question.apply(System.currentTimeMillis()), true);
      correlationId = query.correlationId();
    }
    @Nullable HubSubscription opened;
    try {
      opened =
          questions.open(query, answer -> take(turn, answer), failure -> failed(turn, failure));
    } catch (MetricsException e) {
      failed(turn, e);
      return;
    }
    synchronized (this) {
      if (turn == asked && !ended) {
        inbox = opened;
        opened = null;
      }
    }
    if (opened == null) {
      checkLater(turn);
    } else {
      opened.close();
    }
  }

  private void checkLater(long turn) {
    long heardThen;
    synchronized (this) {
      heardThen = heard;
    }
    CompletableFuture.delayedExecutor(questions.checkMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> check(turn, heardThen));
  }

  /** A service that was killed says nothing; a query without changes says nothing, too. */
  private void check(long turn, long heardThen) {
    String id;
    boolean silent;
    synchronized (this) {
      if (turn != asked || ended || correlationId == null) {
        return;
      }
      id = correlationId;
      silent = heard == heardThen;
    }
    if (!silent) {
      checkLater(turn);
      return;
    }
    var unused =
        questions
            .isOpen(id)
            .whenComplete((open, failure) -> {
              if (failure == null && open) {
                checkLater(turn);
              } else {
                failed(
                    turn,
                    new MetricsException.HubUnavailable(
                        "the service does not know the live query any more", failure));
              }
            });
  }

  private void take(long turn, Answer answer) {
    LiveUpdate update;
    synchronized (this) {
      if (turn != asked || ended) {
        return;
      }
      MetricsException.QueryFailed failure = answer.failure();
      if (failure != null) {
        throw failure;
      }
      if (!state.isNext(answer)) {
        throw new MetricsException.InvalidAnswer("an update was lost", null);
      }
      backoff.reset();
      heard++;
      update = state.apply(answer);
    }
    if (update != null) {
      publisher.submit(update);
    }
  }

  private void failed(long turn, MetricsException failure) {
    long delay;
    long after;
    synchronized (this) {
      if (turn != asked || ended) {
        return;
      }
      after = ++asked; // what still comes is not looked at
      closeInbox();
      if (failure instanceof MetricsException.QueryFailed refused && !mayPass(refused)) {
        ended = true;
        questions.closed(this);
        publisher.closeExceptionally(failure);
        return;
      }
      delay = backoff.nextMillis();
    }
    CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(() -> askAgain(after));
  }

  /** Whether asking again may help. */
  private static boolean mayPass(MetricsException.QueryFailed failure) {
    try {
      ErrorCode code = ErrorCode.valueOf(failure.code().toUpperCase(Locale.ROOT));
      return code.errorClass() == ErrorClass.RESOURCES && code != ErrorCode.QUERY_TOO_LARGE;
    } catch (IllegalArgumentException e) {
      return false; // a code of a later version
    }
  }

  private void closeInbox() {
    if (inbox != null) {
      inbox.close();
      inbox = null;
    }
  }

  /** Ends it, in the service too. Its subscribers are told that it is complete. */
  @Override
  public void close() {
    String open;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      closeInbox();
      open = correlationId;
    }
    questions.closed(this);
    if (open != null) {
      questions.cancel(open);
    }
    publisher.close();
  }
}
