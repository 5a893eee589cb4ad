package dnd.metrics.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One of the counts that a histogram is the sum of, and the claim by which one thread at a time
 * uses it. A claim is tried, never waited for: {@link Histogram} goes on to another stripe.
 */
final class HistogramStripe {
  private static final VarHandle CLAIMED;

  static {
    try {
      CLAIMED =
          MethodHandles.lookup().findVarHandle(HistogramStripe.class, "claimed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** To be touched by whoever has the claim. */
  final NativeBuckets buckets = new NativeBuckets();

  private boolean claimed;

  boolean tryClaim() {
    return !(boolean) CLAIMED.getOpaque(this) && CLAIMED.compareAndSet(this, false, true);
  }

  void release() {
    CLAIMED.setRelease(this, false);
  }
}
