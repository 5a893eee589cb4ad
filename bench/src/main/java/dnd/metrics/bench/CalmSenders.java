package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Events at a fixed rate, of all services in turn; times count from when each was due to its reply.
 * Those of services that flood the hub at the same time are told apart.
 */
final class CalmSenders {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final URI hub;
  private final int perSecond;
  private final int flooding;
  private final Histogram others = new Histogram(60_000_000_000L, 3);
  private final Histogram sharing = new Histogram(60_000_000_000L, 3);

  /**
   * @param flooding so many of the services, from the first on, flood the hub
   */
  CalmSenders(URI hub, int perSecond, int flooding) {
    this.hub = hub;
    this.perSecond = perSecond;
    this.flooding = flooding;
  }

  /** Sends for so long, and returns when all is acknowledged. */
  void send(int seconds) throws IOException {
    int count = perSecond * seconds;
    long[] dueNanos = new long[count];
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    try (WireConnection connection = new WireConnection(hub)) {
      connection.subscribe("_INBOX.calm.*", 1);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              connection.readAll((sid, token, buffer, offset, length) -> {
                long nanos = Math.max(1, System.nanoTime() - dueNanos[(int) token]);
                (token % DevopsLoad.SERVICES < flooding ? sharing : others).recordValue(nanos);
                String reply = new String(buffer, offset, length, UTF_8);
                if (!reply.contains("\"count\":10") || !reply.contains("\"rejected\":[]")) {
                  failure.compareAndSet(null, "a push was answered with " + reply);
                }
                answered.incrementAndGet();
              });
            } catch (IOException e) {
              failure.compareAndSet(null, String.valueOf(e.getMessage()));
            }
          });
      SteadyEvents events = new SteadyEvents("00000ca1");
      Pace pace = Pace.fromNow(perSecond);
      for (int i = 0; i < count; i++) {
        dueNanos[i] = pace.await(i);
        connection.send(events.publication(i, "_INBOX.calm." + i));
      }
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (answered.get() < count && failure.get() == null && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    String wrong = failure.get();
    if (wrong != null || answered.get() != count) {
      throw new IllegalStateException(
          wrong != null ? wrong : count + " pushes, " + answered.get() + " replies");
    }
  }

  Histogram others() {
    return others;
  }

  Histogram sharing() {
    return sharing;
  }
}
