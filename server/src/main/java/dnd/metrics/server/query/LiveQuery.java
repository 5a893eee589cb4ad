package dnd.metrics.server.query;

import dnd.metrics.server.head.AppendListener;
import dnd.metrics.server.head.AppendedEvents;
import dnd.metrics.server.promql.exec.HeldMemory;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryReads;
import dnd.metrics.server.promql.exec.QueryResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One evaluation for all askers of the same live query. A turn evaluates what may have changed
 * since the last, and tells every asker what did; whole answers are evaluated between two turns,
 * once for all that wait for the same one, and what is new in them is told to the others, so that
 * all know the same afterwards and what follows goes on from there. {@code turnLock} makes turns
 * and answers exclusive and guards what was told; nobody waits for it, and who has it waits for no
 * reader. The locks of askers are taken within it.
 */
final class LiveQuery implements AppendListener {
  private static final Logger LOG = LoggerFactory.getLogger(LiveQuery.class);
  private static final long CLEAN = Long.MAX_VALUE;

  private final QueryContext context;
  private final LiveKey key;
  private final QueryReads reads;
  private final Runnable onNews;
  private final LiveEvaluation evaluation;
  private final Set<LiveAsker> askers = ConcurrentHashMap.newKeySet();
  private final AtomicLong dirtyFromMillis = new AtomicLong(CLEAN);
  private final ReentrantLock turnLock = new ReentrantLock();
  private final HeldMemory memory;
  private final LiveTold told;
  private volatile boolean begun;
  private volatile long evaluatedMillis;

  /**
   * @param reads what the query reads
   * @param onNews called when a turn is due soon, on the log's thread
   */
  LiveQuery(
      QueryContext context,
      LiveKey key,
      QueryReads reads,
      LiveEvaluation evaluation,
      Runnable onNews) {
    this.context = context;
    this.key = key;
    this.reads = reads;
    this.evaluation = evaluation;
    this.onNews = onNews;
    this.memory = context.engine().lastingMemory();
    this.told = new LiveTold(key.steps(), askers, memory);
  }

  LiveKey key() {
    return key;
  }

  QueryReads reads() {
    return reads;
  }

  LiveEvaluation evaluation() {
    return evaluation;
  }

  Set<LiveAsker> askers() {
    return askers;
  }

  /** What is remembered of what was told. */
  long heldBytes() {
    return memory.bytes();
  }

  @Override
  public void appended(AppendedEvents events) {
    if (dirtyFromMillis.getAndAccumulate(events.oldestMillis(), Math::min) == CLEAN) {
      onNews.run();
    }
  }

  boolean hasNews() {
    return dirtyFromMillis.get() != CLEAN;
  }

  private void markDirty(long fromMillis) {
    dirtyFromMillis.accumulateAndGet(fromMillis, Math::min);
  }

  /** Whether somebody waits for a whole answer. */
  boolean isWaitedFor() {
    return askers.stream().anyMatch(LiveAsker::wantsWhole);
  }

  /** When it is to be evaluated though no samples come. */
  long dueMillis() {
    LiveSteps steps = key.steps();
    if (!begun) {
      return Long.MAX_VALUE; // the first answer comes when it comes
    }
    return steps == null
        ? evaluatedMillis + key.everyMillis()
        : steps.timeMillis(told.lastStep() + 1);
  }

  /**
   * Evaluates the whole answer for those who wait for the same one; who waits for one that there is
   * none of is ended.
   *
   * @return null where a turn or another whole answer is being evaluated: whoever does that is to
   *     ask again
   */
  @Nullable WholeAnswer whole() {
    if (!turnLock.tryLock()) {
      return null;
    }
    HeldMemory held = context.engine().answerMemory();
    try {
      long now = context.clock().millis();
      List<LiveAsker> group = waitingForTheSame(now);
      QueryResult result = group.isEmpty() ? null : whole(group, now, held);
      group.removeIf(asker -> !asker.beginAnswer());
      return new WholeAnswer(result, group, held);
    } catch (RuntimeException | Error e) {
      held.close();
      throw e;
    } finally {
      turnLock.unlock();
    }
  }

  private List<LiveAsker> waitingForTheSame(long now) {
    List<LiveAsker> waiting = new ArrayList<>();
    for (LiveAsker asker : askers) {
      if (asker.wantsWhole()) {
        waiting.add(asker);
      }
    }
    LiveSteps steps = key.steps();
    if (steps != null && !waiting.isEmpty()) {
      long last = lastStep(now, steps);
      long from = firstStep(waiting.getFirst(), last, steps);
      waiting.removeIf(asker -> firstStep(asker, last, steps) != from);
    }
    return waiting;
  }

  /** The newest step; the one that was told of where the clock was set back. */
  private long lastStep(long now, LiveSteps steps) {
    long last = steps.lastUpTo(now);
    return begun ? Math.max(last, told.lastStep()) : last;
  }

  /** Where a whole answer for this asker begins. */
  private static long firstStep(LiveAsker asker, long last, LiveSteps steps) {
    Long start = asker.event().startMillis();
    long oldest = steps.oldestOf(last);
    long first = start == null ? oldest : steps.firstFrom(start);
    return asker.isAnswered() ? Math.max(first, oldest) : first;
  }

  private @Nullable QueryResult whole(List<LiveAsker> group, long now, HeldMemory held) {
    LiveSteps steps = key.steps();
    try {
      QueryResult result =
          steps == null ? instantWhole(now, held) : rangeWhole(group.getFirst(), now, held, steps);
      begun = true;
      return result;
    } catch (QueryException e) {
      group.forEach(asker -> asker.end(ErrorAnswer.of(e)));
      return null;
    }
  }

  private QueryResult instantWhole(long now, HeldMemory held) {
    long dirtyFrom = dirtyFromMillis.getAndSet(CLEAN);
    try {
      QueryResult result = evaluation.evaluate(now, now, held);
      told.tell(result, now);
      evaluatedMillis = now;
      return result;
    } catch (QueryException e) {
      markDirty(dirtyFrom);
      throw e;
    }
  }

  private QueryResult rangeWhole(LiveAsker one, long now, HeldMemory held, LiveSteps steps) {
    long last = lastStep(now, steps);
    long from = firstStep(one, last, steps);
    long oldest = steps.oldestOf(last);
    boolean hasOtherSeries = key.limit() > 0 && from != oldest; // the first of other steps
    if (begun && (from > told.lastStep() + 1 || hasOtherSeries)) {
      rangeTurn(now, steps); // the others are to be told of the steps until now, too
    }
    QueryResult result = evaluation.evaluate(steps.timeMillis(from), steps.timeMillis(last), held);
    if (!begun || !hasOtherSeries) {
      told.tell(result, Math.min(last + 1, Math.max(from, oldest)), last, now);
    }
    if (!reads.movesWithSteps() && from != oldest) {
      markDirty(steps.timeMillis(oldest)); // over the window the values may be others
    }
    return result;
  }

  /**
   * Evaluates what may have changed, and tells it; not where a whole answer is being evaluated, nor
   * before the first one.
   *
   * @throws QueryException where it cannot be evaluated
   */
  void turn() {
    if (!turnLock.tryLock()) {
      return;
    }
    try {
      if (!begun) {
        return;
      }
      long now = context.clock().millis();
      LiveSteps steps = key.steps();
      if (steps == null) {
        instantTurn(now);
      } else {
        rangeTurn(now, steps);
      }
    } finally {
      turnLock.unlock();
    }
  }

  private void instantTurn(long now) {
    if (dirtyFromMillis.getAndSet(CLEAN) == CLEAN && now < dueMillis()) {
      return;
    }
    try (HeldMemory held = context.engine().answerMemory()) {
      told.tell(evaluation.evaluate(now, now, held), now);
      evaluatedMillis = now;
    }
  }

  private void rangeTurn(long now, LiveSteps steps) {
    long dirtyFrom = dirtyFromMillis.getAndSet(CLEAN);
    long last = lastStep(now, steps);
    long from = told.lastStep() + 1;
    long oldest = steps.oldestOf(last);
    if (!reads.movesWithSteps()) {
      from = dirtyFrom != CLEAN || from <= last ? oldest : from;
    } else if (dirtyFrom != CLEAN) {
      from = Math.min(from, steps.firstFrom(dirtyFrom - reads.aheadMillis()));
    }
    from = Math.max(from, oldest);
    if (from > last) {
      return; // the samples belong to a step that is yet to come
    }
    try (HeldMemory held = context.engine().answerMemory()) {
      QueryResult result =
          evaluation.evaluate(steps.timeMillis(from), steps.timeMillis(last), held);
      told.tell(result, from, last, now);
    } catch (QueryException e) {
      markDirty(dirtyFrom);
      throw e;
    }
  }

  /** Ends it for all. */
  void end(@Nullable ErrorAnswer reason) {
    if (reason != null) {
      LOG.debug("live query {} ends: {}", key.query(), reason.error());
    }
    askers.forEach(asker -> asker.end(reason));
  }

  /** Nobody asks it any more: stops what is evaluated, and gives back what was remembered. */
  void stop() {
    memory.close();
    evaluation.cancel();
  }
}
