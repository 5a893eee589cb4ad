package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Queries of one series at a fixed rate over one connection. Times count from when a query was due,
 * so that a stall is not hidden by the queries that it delays; every answer must hold one sample.
 */
final class SmallQueries {
  private static final int HOSTS = 1000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final URI hub;
  private final int perSecond;
  private final long atMillis;

  SmallQueries(URI hub, int perSecond, long atMillis) {
    this.hub = hub;
    this.perSecond = perSecond;
    this.atMillis = atMillis;
  }

  /** Asks for so long, and returns what the queries took in nanoseconds. */
  Histogram ask(int seconds) throws IOException {
    int count = perSecond * seconds;
    long[] dueNanos = new long[count];
    Histogram nanos = new Histogram(60_000_000_000L, 3);
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    AtomicInteger answered = new AtomicInteger();
    try (WireConnection connection = new WireConnection(hub)) {
      connection.subscribe("_INBOX.small.*", 1);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              connection.readAll((sid, token, buffer, offset, length) -> {
                nanos.recordValue(Math.max(1, System.nanoTime() - dueNanos[(int) token]));
                String answer = new String(buffer, offset, length, UTF_8);
                if (answer.split("\"value\":\\[", -1).length != 2) {
                  failure.compareAndSet(null, "a small query was answered with " + answer);
                }
                answered.incrementAndGet();
              });
            } catch (IOException e) {
              failure.compareAndSet(null, String.valueOf(e.getMessage()));
            }
          });
      publish(connection, dueNanos);
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (answered.get() < count && failure.get() == null && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    String wrong = failure.get();
    if (wrong != null || answered.get() != count) {
      throw new IllegalStateException(
          wrong != null ? wrong : count + " small queries, " + answered.get() + " answers");
    }
    return nanos;
  }

  private void publish(WireConnection connection, long[] dueNanos) throws IOException {
    WireBuffer out = new WireBuffer();
    long start = System.nanoTime();
    for (int i = 0; i < dueNanos.length; i++) {
      dueNanos[i] = start + (long) i * 1_000_000_000L / perSecond;
      for (long left = dueNanos[i] - System.nanoTime();
          left > 0;
          left = dueNanos[i] - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      byte[] event =
          new DashboardQuery("cpu_usage_user{hostname=\"host_" + i % HOSTS + "\"}", 0)
              .event(atMillis, atMillis);
      out.clear();
      out.put(
          ("PUB bench.metrics.query _INBOX.small." + i + " " + event.length + "\r\n")
              .getBytes(US_ASCII));
      out.put(event).put((byte) '\r').put((byte) '\n');
      connection.send(out);
    }
  }
}
