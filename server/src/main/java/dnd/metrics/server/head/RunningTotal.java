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
  void write(CheckpointBytes out) {
    writeTimes(out);
    out.raw(value);
  }

  static RunningTotal read(CheckpointCursor in) {
    RunningTotal total = new RunningTotal();
    total.readTimes(in);
    total.value = in.raw();
    return total;
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
