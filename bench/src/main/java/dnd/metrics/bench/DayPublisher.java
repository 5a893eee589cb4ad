package dnd.metrics.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Pushes a day's events at their pace, over one connection after another: where the service was
 * killed, first those again that had no reply. For one thread at a time.
 */
final class DayPublisher {
  private static final int BATCH_BYTES = 1 << 18;

  private final DayLoad load;
  private final EventsInFlight pushes;
  private final Pace pace;
  private final WireBuffer out = new WireBuffer();
  private long next;
  private long again;

  /** The first event is due now. */
  DayPublisher(DayLoad load, EventsInFlight pushes, int eventsPerSecond) {
    this.load = load;
    this.pushes = pushes;
    this.pace = Pace.fromNow(eventsPerSecond);
  }

  /** Pushes until all is pushed, the connection breaks, or it is told to stop. */
  void publish(WireConnection connection, BooleanSupplier isStopped) throws IOException {
    pushAgain(connection, pushes.unanswered());
    while (next < load.events() && !isStopped.getAsBoolean()) {
      pace.await(next);
      long now = System.nanoTime();
      out.clear();
      while (next < load.events()
          && pace.dueNanos(next) <= now
          && out.size() < BATCH_BYTES
          && pushes.hasRoomFor(next)) {
        pushes.pushing(next, pace.dueNanos(next));
        load.publication(next++, out);
      }
      if (out.size() == 0) {
        LockSupport.parkNanos(1_000_000); // too many wait for their replies
      }
      // Before they are sent: of a connection that breaks nobody knows how many were taken in.
      pushes.pushedAllBefore(next);
      connection.send(out);
    }
  }

  private void pushAgain(WireConnection connection, long[] numbers) throws IOException {
    out.clear();
    for (long number : numbers) {
      load.publication(number, out);
      again++;
      if (out.size() >= BATCH_BYTES) {
        connection.send(out);
        out.clear();
      }
    }
    connection.send(out);
  }

  /** How many events were pushed another time. */
  long again() {
    return again;
  }
}
