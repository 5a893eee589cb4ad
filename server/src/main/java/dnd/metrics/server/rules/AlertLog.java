package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Alert;
import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes steps of alerts lasting and then, never before, hands them to the announcer, in their
 * order. Safe for use by several threads.
 *
 * <p>A thread of its own does it, so that a group that waits for nothing but the disk can be
 * evaluated again, and takes all steps that came meanwhile in one write. The rows are forced while
 * the log forces the samples that they are made of; what is announced is in both. Steps that cannot
 * be made lasting are tried again every second, and everything after them waits behind them. Where
 * a fault ends it, what waits is carried out one by one, so that only the steps of the evaluation
 * that has the fault are lost: the log names them, and they are counted.
 */
final class AlertLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertLog.class);
  private static final long RETRY_MILLIS = 1000;
  private static final int ROWS_PER_WRITE = 10_000;

  /** Of what is carried out one by one: it may have been too much for one write. */
  private static final int ROWS_PER_WRITE_ALONE = 100;

  /**
   * Where more steps wait, as when an alert comes and goes faster than the disk follows, they are
   * carried out together, also where one ends what another began: after a crash just then, nobody
   * might hear that an alert is over of which it was said just before that it fires.
   */
  private static final int MOST_APART = 100;

  /** Of steps that are lost the log names so many. */
  private static final int MOST_NAMED = 10;

  /** What one evaluation came to. */
  record Step(
      PreparedGroup group,
      List<AlertChange> changes,
      List<Change> rows,
      List<Alert> alerts,
      LogMark samples) {
    /** The first of its steps, as {@code Fired{labels}}. */
    List<String> names() {
      return changes.stream()
          .limit(MOST_NAMED)
          .map(change -> change.getClass().getSimpleName() + change.alert().labels())
          .toList();
    }
  }

  private final Database database;
  private final Announcer announcer;
  private final Labels externalLabels;
  private final Thread thread = Thread.ofPlatform().name("alert-log").daemon().unstarted(this::run);
  private final LongAdder lost = new LongAdder();

  /** So many of those that wait are carried out one by one; of the thread. */
  private int alone;

  /** The last attempt, on the disk; of the thread. */
  private boolean failed;

  /** Guards what is below; never held while the disk or the announcer is waited for. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();

  /** A queue that is whole also where an element finds no memory. */
  private final Queue<Step> waiting = new LinkedBlockingQueue<>();

  /** How many steps were added, and how many of them, the first ones, are done. */
  private long added;

  private long done;
  private boolean failing;
  private boolean closed;

  AlertLog(Database database, Announcer announcer, Labels externalLabels) {
    this.database = database;
    this.announcer = announcer;
    this.externalLabels = externalLabels;
  }

  /** Begins to write; to be called once. */
  void start() {
    thread.start();
  }

  /**
   * Takes over the steps of one evaluation.
   *
   * @param samples behind everything that the evaluation read and wrote
   */
  void add(PreparedGroup group, List<AlertChange> changes, LogMark samples) {
    if (!changes.isEmpty()) {
      add(step(group, changes, samples));
    }
  }

  /** The steps of one evaluation, ready for {@link #add(Step)}. */
  Step step(PreparedGroup group, List<AlertChange> changes, LogMark samples) {
    List<Change> rows = new ArrayList<>(changes.size());
    List<Alert> alerts = new ArrayList<>();
    for (AlertChange change : changes) {
      rows.add(AlertRows.change(group, change));
      switch (change) {
        case AlertChange.Fired fired -> alerts.add(announced(group, fired.alert()));
        case AlertChange.Resolved resolved -> alerts.add(announced(group, resolved.alert()));
        case AlertChange.Pending _, AlertChange.Kept _, AlertChange.Dropped _ -> {}
      }
    }
    return new Step(group, changes, rows, alerts, samples);
  }

  void add(Step step) {
    lock.lock();
    try {
      waiting.add(step);
      added++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Alert announced(PreparedGroup group, AlertInstance alert) {
    return AlertRows.announced(group.file(), group.name(), alert, externalLabels);
  }

  /** Waits until what was added has been handed to the announcer, or cannot be made lasting now. */
  void flush() {
    lock.lock();
    try {
      long sought = added;
      while (done < sought && !failing) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Steps that a fault of ours has kept from being made lasting or announced. */
  long lost() {
    return lost.sum();
  }

  private void run() {
    boolean more = true;
    while (more) {
      try {
        more = carryOutNext();
      } catch (OutOfMemoryError e) { // to look for the next, or to say what happened
        more = pauseUnlessClosed();
      }
    }
  }

  /** False when nothing will come any more, or where there will be no other attempt. */
  private boolean carryOutNext() {
    List<Step> steps = next();
    try {
      if (steps.isEmpty()) {
        return false;
      }
      prepareEnds(steps);
      if (failed) {
        tryDisk(steps);
        failed = false;
      }
      write(steps, alone == 0 ? ROWS_PER_WRITE : ROWS_PER_WRITE_ALONE);
      announce(steps);
      alone = Math.max(0, alone - 1);
    } catch (IOException e) {
      failed = true;
      return pauseUnlessClosed(steps, e);
    } catch (RuntimeException | Error e) {
      if (alone == 0) {
        alone = countWaiting();
        LOG.warn("steps of alerts could not be carried out together: now one by one", e);
      } else if (e instanceof OutOfMemoryError) { // which is not the step's fault
        return pauseUnlessClosed(steps, e);
      } else {
        lose(steps.getFirst(), e);
        alone--;
      }
    }
    return true;
  }

  /**
   * Finds out with one row whether the disk takes something again: what cannot be made lasting the
   * database keeps in memory, so that all rows at each attempt would fill the memory.
   */
  private void tryDisk(List<Step> steps) throws IOException {
    database.write(steps.getFirst().rows().subList(0, 1));
  }

  /** Before it lasts that alerts are over it lasts who heard that they fire. */
  private void prepareEnds(List<Step> steps) throws IOException {
    List<String> ended =
        steps.stream()
            .flatMap(step -> step.alerts().stream())
            .filter(alert -> !alert.firing())
            .map(Alert::id)
            .toList();
    if (!ended.isEmpty()) {
      announcer.prepareEnd(ended);
    }
  }

  private void write(List<Step> steps, int rowsPerWrite) throws IOException {
    List<Change> rows = steps.stream().flatMap(step -> step.rows().stream()).toList();
    for (int from = 0; from < rows.size(); from += rowsPerWrite) {
      database.write(rows.subList(from, Math.min(rows.size(), from + rowsPerWrite)));
    }
  }

  private void announce(List<Step> steps) {
    for (Step step : steps) { // each alone: of what begins and ends in one call nothing is said
      step.samples().await();
      announcer.accept(step.alerts());
      done();
    }
  }

  private void lose(Step step, Throwable fault) {
    lost.add(step.rows().size());
    LOG.error(
        "{} steps of alerts of group {} could not be made lasting and announced and are lost: {}",
        step.rows().size(),
        step.group().key(),
        step.names(),
        fault);
    done();
  }

  /**
   * What waits, but for what ends an alert that began in it and is first to be noted as announced;
   * or, where they are carried out one by one, the first of it; empty when nothing will come any
   * more.
   */
  private List<Step> next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      return alone == 0 ? together() : waiting.stream().limit(1).toList();
    } finally {
      lock.unlock();
    }
  }

  private List<Step> together() {
    List<Step> steps = new ArrayList<>();
    Set<String> begun = new HashSet<>();
    for (Step step : waiting) {
      for (Alert alert : step.alerts()) {
        if (alert.firing()) {
          begun.add(alert.id());
        } else if (waiting.size() <= MOST_APART && begun.contains(alert.id())) {
          return steps;
        }
      }
      steps.add(step);
    }
    return steps;
  }

  private int countWaiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** The first of those that wait does so no longer. */
  private void done() {
    lock.lock();
    try {
      waiting.remove();
      done++;
      failing = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** False where there will be no other attempt. */
  private boolean pauseUnlessClosed(List<Step> steps, Throwable reason) {
    int rows = steps.stream().mapToInt(step -> step.rows().size()).sum();
    LOG.warn(
        "{} steps of alerts cannot be made lasting{} and are not announced yet: {}",
        rows,
        isFailing() ? " still" : "",
        reason.getMessage());
    return pauseUnlessClosed();
  }

  private boolean isFailing() {
    lock.lock();
    try {
      return failing;
    } finally {
      lock.unlock();
    }
  }

  private boolean pauseUnlessClosed() {
    lock.lock();
    try {
      boolean last = closed; // who closes it makes the next attempt come at once
      failing = true;
      changed.signalAll();
      long nanos = TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
      while (!closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !last;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Makes lasting and announces what waits, where that can be done, and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
