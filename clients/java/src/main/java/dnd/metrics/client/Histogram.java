package dnd.metrics.client;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts observations in the buckets of a native histogram, which need no bounds to be chosen: each
 * is at most 9 % wide. {@link #observe} does no I/O, waits for nobody and, once the buckets are
 * there, allocates nothing. Safe for use by several threads.
 *
 * <p>The counts are striped. A thread tries to claim the stripe that its id points at; where
 * another has it, the next one; where all are taken, the stripes are doubled. What is inside a
 * claim is plain memory, so an observation costs one compare-and-set, and whoever collects claims
 * each stripe in turn and finds every observation in it whole: count, sum and buckets always agree.
 * The mark of {@link Series} is looked at inside the claim: who claims a stripe before the
 * collector does so is collected, who claims it after it sees the mark that the collector cleared
 * before.
 */
public final class Histogram extends Series {
  private static final VarHandle STRIPES;
  private static final int ENOUGH_STRIPES =
      4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors());

  static {
    try {
      STRIPES =
          MethodHandles.lookup().findVarHandle(Histogram.class, "stripes", HistogramStripe[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A power of two of them. */
  private volatile HistogramStripe[] stripes = {new HistogramStripe()};

  Histogram(MetricFamily family, Map<String, String> labels, SeriesBirth birth) {
    super(family, labels, birth);
  }

  /**
   * Counts an observation, a finite number.
   *
   * @throws MetricsException.InvalidMetric where it is not
   */
  public void observe(double value) {
    check(name(), value);
    HistogramStripe stripe = claim();
    try {
      stripe.buckets.observe(value);
      changed();
    } finally {
      stripe.release();
    }
  }

  static void check(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new MetricsException.InvalidMetric(
          "invalid_value",
          "histogram " + name + " cannot count " + value + ": an observation is a finite number");
    }
  }

  private HistogramStripe claim() {
    HistogramStripe[] all = stripes;
    int start = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 40);
    HistogramStripe own = all[start & (all.length - 1)];
    return own.tryClaim() ? own : claimAnother(all, start);
  }

  private HistogramStripe claimAnother(HistogramStripe[] known, int start) {
    HistogramStripe[] all = known;
    while (true) {
      for (int i = 1; i < all.length; i++) {
        HistogramStripe stripe = all[(start + i) & (all.length - 1)];
        if (stripe.tryClaim()) {
          if (all.length < ENOUGH_STRIPES) {
            grow(all); // so that these two threads do not meet again
          }
          return stripe;
        }
      }
      grow(all);
      all = stripes;
    }
  }

  private void grow(HistogramStripe[] all) {
    HistogramStripe[] more = new HistogramStripe[all.length * 2];
    System.arraycopy(all, 0, more, 0, all.length);
    for (int i = all.length; i < more.length; i++) {
      more[i] = new HistogramStripe();
    }
    STRIPES.compareAndSet(this, all, more);
  }

  /** Begins to measure the time until the {@link Timer} is closed, in seconds. */
  public Timer startTimer() {
    return new Timer(this);
  }

  /** Runs {@code action} and observes how many seconds it took, also where it throws. */
  public void time(Runnable action) {
    Timer timer = startTimer();
    try {
      action.run();
    } finally {
      timer.close();
    }
  }

  /** Calls {@code action} and observes how many seconds it took, also where it throws. */
  public <T> T timed(Callable<T> action) throws Exception {
    Timer timer = startTimer();
    try {
      return action.call();
    } finally {
      timer.close();
    }
  }

  /** How many observations were counted. */
  public long count() {
    return total().count();
  }

  /** What the observations add up to. */
  public double sum() {
    return total().sum();
  }

  private NativeBuckets total() {
    NativeBuckets total = new NativeBuckets();
    // Stripes that are added meanwhile hold what was observed after this call began.
    for (HistogramStripe stripe : stripes) {
      while (!stripe.tryClaim()) {
        LockSupport.parkNanos(1000); // an observation lasts some nanoseconds
      }
      try {
        total.addAll(stripe.buckets);
      } finally {
        stripe.release();
      }
    }
    return total;
  }

  @Override
  Metric collect() {
    return new Metric(
        name(),
        MetricType.HISTOGRAM,
        0,
        total().toEvent(),
        labels(),
        null,
        createdMillis(),
        false,
        family().help(),
        family().unit());
  }
}
