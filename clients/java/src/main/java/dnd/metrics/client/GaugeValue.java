package dnd.metrics.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The number of a gauge, on a cache line of its own: threads that set it would otherwise take the
 * line with the series' mark, which each of them reads next, from one another.
 */
final class GaugeValue {
  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(GaugeValue.class, "value", double.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The JVM lays out fields of one size in the order in which they are declared. */
  @SuppressWarnings({"unused", "UnusedVariable"})
  private long before0, before1, before2, before3, before4, before5, before6;

  private volatile double value;

  @SuppressWarnings({"unused", "UnusedVariable"})
  private long after0, after1, after2, after3, after4, after5, after6;

  double get() {
    return value;
  }

  void set(double newValue) {
    value = newValue;
  }

  void add(double amount) {
    double before;
    do {
      before = value;
    } while (!VALUE.weakCompareAndSet(this, before, before + amount));
  }
}
