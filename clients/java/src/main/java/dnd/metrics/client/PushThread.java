package dnd.metrics.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes a pusher's turns, each when it is due or when it is woken, until the pusher is closed. */
final class PushThread implements Runnable {
  private final ClientClock clock;
  private final ClientCallbacks callbacks;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Pusher pusher;

  PushThread(ClientClock clock, ClientCallbacks callbacks) {
    this.clock = clock;
    this.callbacks = callbacks;
  }

  void start(Pusher newPusher) {
    pusher = newPusher;
    Thread started = DaemonThread.of("dnd-metrics-client", this);
    thread = started;
    started.start();
  }

  /** Lets the next turn be taken now. Neither waits nor allocates. */
  void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    Pusher turns = pusher;
    while (turns != null && !turns.isClosed()) {
      long next = turn(turns);
      long wait = next - clock.millis();
      if (wait > 0) {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(wait));
      }
    }
  }

  /** A fault of a hub or of ours must not end the pushes. */
  private long turn(Pusher turns) {
    try {
      return turns.turn();
    } catch (RuntimeException e) {
      callbacks.error(e);
      return clock.millis() + 1000;
    }
  }
}
