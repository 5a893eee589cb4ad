package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/** The running total of a counter that is sent as increments. */
final class RunningTotal extends RunningValue {
  private double value;

  void set(long timeMillis, double total) {
    beginWrite();
    moveTo(timeMillis);
    value = total;
    endWrite();
  }

  double value() {
    return value;
  }

  @Override
  @Nullable OpenSample newest() {
    while (true) {
      int v = beginRead();
      boolean open = isOpen();
      long time = timeMillis();
      double total = value;
      if (endRead(v)) {
        return open ? new OpenSample(time, total, null) : null;
      }
    }
  }
}
