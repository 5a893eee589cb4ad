package dnd.metrics.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * When things are due that happen at a fixed rate. Times count from there, so that a stall is not
 * hidden by what it delays.
 */
record Pace(long startNanos, int perSecond) {
  static Pace fromNow(int perSecond) {
    return new Pace(System.nanoTime(), perSecond);
  }

  long dueNanos(long number) {
    return startNanos + number * 1_000_000_000L / perSecond;
  }

  /** Waits until the thing with this number is due; returns when that was. */
  long await(long number) {
    long due = dueNanos(number);
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return due;
  }
}
