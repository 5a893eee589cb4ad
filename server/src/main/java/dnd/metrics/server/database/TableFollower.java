package dnd.metrics.server.database;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that brings the tables after the journal: it opens them, applies what the queue holds
 * in its order, removes what is over, and, where the database is away, tries again in growing
 * intervals until it is back. It is the only one that changes the tables.
 */
final class TableFollower {
  private static final Logger LOG = LoggerFactory.getLogger(TableFollower.class);

  /** How much is applied before the journal's files are looked at again. */
  private static final long REMOVAL_BYTES = 8L << 20;

  /** How long a stop waits for an attempt to reach tables that are away. */
  private static final Duration GIVE_UP = Duration.ofMillis(100);

  /** What the tables are doing, why, and since when. */
  record Condition(DatabaseStatus.State state, @Nullable String problem, long sinceMillis) {}

  private final DatabaseOptions options;
  private final TableStore tables;
  private final WriteQueue queue;
  private final RefusedWrites refused;
  private final Journal journal;
  private final InstantSource clock;
  private final Expiration expiration;
  private final Thread thread;

  private volatile Condition condition;
  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile boolean isEmpty;
  private volatile boolean checkWanted;

  private boolean opened;
  private long appliedSequence;
  private long bytesSinceRemoval;
  private long lastCheckNanos = System.nanoTime();
  private Duration retry;

  TableFollower(
      DatabaseOptions options,
      TableStore tables,
      WriteQueue queue,
      RefusedWrites refused,
      Journal journal,
      InstantSource clock) {
    this.options = options;
    this.tables = tables;
    this.queue = queue;
    this.refused = refused;
    this.journal = journal;
    this.clock = clock;
    this.expiration = new Expiration(options.ttl());
    this.retry = options.firstRetry();
    this.condition = new Condition(DatabaseStatus.State.OPENING, null, clock.millis());
    this.thread = Thread.ofPlatform().name("database").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Condition condition() {
    return condition;
  }

  /** Has the database asked at once whether it is there. */
  void checkNow() {
    checkWanted = true;
    queue.wake();
  }

  /**
   * Applies what the queue holds, without trying again, and ends; where the tables are away, ends
   * at once. Nothing is applied after this has returned, once the tables are closed.
   *
   * @return whether all of it is in the tables, to survive a power cut
   */
  boolean finish(Duration atMost) {
    stopping = true;
    queue.wake();
    try {
      boolean isThere = condition.state() != DatabaseStatus.State.AWAY;
      return thread.join(isThere ? atMost : GIVE_UP) && isEmpty;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      abandoned = true;
    }
  }

  private void run() {
    boolean more = true;
    while (more && !abandoned) {
      try {
        more = attempt();
      } catch (OutOfMemoryError e) { // to say what happened
        queue.awaitWake(retry);
      }
    }
  }

  /** False where there will be no other attempt. */
  private boolean attempt() {
    boolean last = stopping;
    try {
      step();
      succeeded();
      if (last && queue.next().isEmpty()) {
        isEmpty = tables.force() && queue.figures().writes() == 0;
        return false;
      }
      return true;
    } catch (DatabaseUnavailableException | IOException | RuntimeException | Error e) {
      if (abandoned) {
        return false;
      }
      failed(e);
      if (last) {
        return false;
      }
      queue.awaitWake(retry);
      retry = min(retry.multipliedBy(2), options.lastRetry());
      return !stopping; // it was away a moment ago
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** One turn of work, or of waiting for it. */
  private void step() throws DatabaseUnavailableException, IOException {
    if (!opened) {
      tables.open();
      opened = true;
    }
    List<WriteQueue.Waiting> writes = queue.next();
    if (!writes.isEmpty()) {
      apply(writes);
      expiration.runIfDue(tables, clock.millis());
      removeAppliedFiles();
      return;
    }
    if (condition.state() != DatabaseStatus.State.AVAILABLE || checkWanted || isCheckDue()) {
      checkWanted = false;
      tables.check();
      lastCheckNanos = System.nanoTime();
    }
    expiration.runIfDue(tables, clock.millis());
    if (!stopping && condition.state() == DatabaseStatus.State.AVAILABLE) {
      queue.awaitWork(options.checkInterval());
    }
  }

  private boolean isCheckDue() {
    return System.nanoTime() - lastCheckNanos >= options.checkInterval().toNanos();
  }

  private void apply(List<WriteQueue.Waiting> writes)
      throws DatabaseUnavailableException, IOException {
    List<Change> changes = new ArrayList<>();
    try {
      for (WriteQueue.Waiting write : writes) {
        changes.addAll(JournalRecord.decode(write.bytes().array()).changes());
      }
      tables.apply(changes);
    } catch (RefusedChangeException | IllegalArgumentException e) {
      applyEach(writes);
      return;
    }
    done(writes);
  }

  /** One of the writes is refused: each for itself, so that the others get in. */
  private void applyEach(List<WriteQueue.Waiting> writes)
      throws DatabaseUnavailableException, IOException {
    for (WriteQueue.Waiting write : writes) {
      try {
        tables.apply(JournalRecord.decode(write.bytes().array()).changes());
      } catch (RefusedChangeException | IllegalArgumentException e) {
        if (refused.add(write.bytes(), String.valueOf(e.getMessage()))) {
          LOG.error("the database refuses a write, kept in {}: {}", refused, e.getMessage());
        }
      }
      done(List.of(write));
    }
  }

  private void done(List<WriteQueue.Waiting> writes) {
    for (WriteQueue.Waiting write : writes) {
      bytesSinceRemoval += write.bytes().length();
    }
    appliedSequence = writes.getLast().sequence();
    queue.done(appliedSequence);
  }

  /**
   * Not after each write: to force the tables would keep the journal's own forces waiting. Where
   * somebody who reads is in the way, as a backup may be, the files stay until the next time.
   */
  private void removeAppliedFiles() throws DatabaseUnavailableException, IOException {
    if (bytesSinceRemoval >= REMOVAL_BYTES) {
      if (tables.force()) {
        journal.removeThrough(appliedSequence);
      }
      bytesSinceRemoval = 0;
    }
  }

  private void succeeded() {
    Condition before = condition;
    retry = options.firstRetry();
    if (before.state() == DatabaseStatus.State.AVAILABLE) {
      return;
    }
    condition = new Condition(DatabaseStatus.State.AVAILABLE, null, clock.millis());
    if (before.state() == DatabaseStatus.State.OPENING) {
      LOG.debug("the tables are in {}, {}", tables.kind(), options.address());
    } else {
      LOG.info(
          "the database {} is back after {} s; {} writes wait",
          options.address(),
          (clock.millis() - before.sinceMillis()) / 1000,
          queue.figures().writes());
    }
  }

  private void failed(Throwable failure) {
    Condition before = condition;
    String problem =
        failure instanceof Error ? failure.toString() : String.valueOf(failure.getMessage());
    boolean wasAway = before.state() == DatabaseStatus.State.AWAY;
    condition =
        new Condition(
            DatabaseStatus.State.AWAY, problem, wasAway ? before.sinceMillis() : clock.millis());
    if (!wasAway || !problem.equals(before.problem())) {
      LOG.warn(
          "the database {} is away, writes wait in the journal: {}", options.address(), problem);
      LOG.debug("the database is away", failure);
    }
  }
}
