package dnd.metrics.client;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * A number that only grows, from 0 when the process made it. Neither {@link #inc} nor {@link #add}
 * allocates, locks or does I/O. Safe for use by several threads, which do not wait for one another.
 */
public final class Counter extends Series {
  /** Beyond it a whole amount is added as a fraction is: so many of them fit into a long. */
  private static final double LARGEST_WHOLE = 1L << 31;

  private final LongAdder whole = new LongAdder();
  private final DoubleAdder fraction = new DoubleAdder();

  Counter(MetricFamily family, Map<String, String> labels, SeriesBirth birth) {
    super(family, labels, birth);
  }

  /** Adds 1. */
  public void inc() {
    whole.increment();
    changed();
  }

  /**
   * Adds {@code amount}, a finite number from 0 up.
   *
   * @throws MetricsException.InvalidMetric where it is not
   */
  public void add(double amount) {
    if (amount >= 0 && amount <= LARGEST_WHOLE && amount == (long) amount) {
      whole.add((long) amount);
    } else {
      check(name(), amount);
      fraction.add(amount);
    }
    changed();
  }

  static void check(String name, double amount) {
    if (!(amount >= 0) || amount == Double.POSITIVE_INFINITY) {
      throw new MetricsException.InvalidMetric(
          "invalid_counter_value",
          "counter " + name + " cannot grow by " + amount + ": it takes finite numbers from 0 up");
    }
  }

  /** What was added so far; never less than an earlier call returned. */
  public double value() {
    return whole.sum() + fraction.sum();
  }

  @Override
  Metric collect() {
    return new Metric(
        name(),
        MetricType.COUNTER,
        value(),
        null,
        labels(),
        null,
        createdMillis(),
        false,
        family().help(),
        family().unit());
  }
}
