package dnd.metrics.client;

import dnd.metrics.events.Metric;
import dnd.metrics.events.MetricType;
import java.util.Map;

/**
 * A number that goes up and down; 0 until it is set. Its calls neither allocate, lock nor do I/O.
 * Safe for use by several threads.
 */
public final class Gauge extends Series {
  private final GaugeValue value = new GaugeValue();

  Gauge(MetricFamily family, Map<String, String> labels, SeriesBirth birth) {
    super(family, labels, birth);
  }

  /** Sets the value; any number, NaN and the infinities too. */
  public void set(double newValue) {
    value.set(newValue);
    changed();
  }

  /** Adds 1. */
  public void inc() {
    add(1);
  }

  /** Takes 1 away. */
  public void dec() {
    add(-1);
  }

  /** Adds {@code amount}, which may be negative. */
  public void add(double amount) {
    value.add(amount);
    changed();
  }

  public double value() {
    return value.get();
  }

  @Override
  Metric collect() {
    return new Metric(
        name(),
        MetricType.GAUGE,
        value.get(),
        null,
        labels(),
        null,
        null,
        false,
        family().help(),
        family().unit());
  }
}
