package dnd.metrics.server.ingest;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the predictions of all connections may take together. Safe for use by several
 * threads.
 */
final class PredictionBudget {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long limitBytes;
  private final AtomicLong takenBytes = new AtomicLong();

  PredictionBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long takenBytes() {
    return takenBytes.get();
  }

  /** What one connection has taken; given back when {@code holder} is garbage. */
  Share share(Object holder) {
    Share share = new Share(this);
    CLEANER.register(holder, share::release);
    return share;
  }

  /** One connection's part of the budget. For one thread, and the cleaner's after it. */
  static final class Share {
    private final PredictionBudget budget;
    private final AtomicLong heldBytes = new AtomicLong();

    private Share(PredictionBudget budget) {
      this.budget = budget;
    }

    /** Takes so many bytes, or none where there are not so many left. */
    boolean take(long bytes) {
      if (budget.takenBytes.addAndGet(bytes) > budget.limitBytes) {
        budget.takenBytes.addAndGet(-bytes);
        return false;
      }
      heldBytes.addAndGet(bytes);
      return true;
    }

    /** Gives some of it back. */
    void give(long bytes) {
      heldBytes.addAndGet(-bytes);
      budget.takenBytes.addAndGet(-bytes);
    }

    /** Gives all back. */
    void release() {
      budget.takenBytes.addAndGet(-heldBytes.getAndSet(0));
    }
  }
}
