package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Requests at a fixed rate over one connection, and their replies. Times count from when a request
 * was due, so that a stall is not hidden by the requests that it delays.
 */
final class PacedRequests {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** Makes the request with a number as it is sent, its reply going to {@code inbox}. */
  @FunctionalInterface
  interface Requests {
    WireBuffer publication(int number, String inbox);
  }

  /** Takes a reply, on a thread of its own, and says what is wrong with it; null for nothing. */
  @FunctionalInterface
  interface Replies {
    @Nullable String take(int number, long nanos, String reply);
  }

  private PacedRequests() {}

  /** Sends {@code count} requests, and returns when each had its reply. */
  static void send(URI hub, int perSecond, int count, Requests requests, Replies replies)
      throws IOException {
    long[] dueNanos = new long[count];
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    AtomicInteger answered = new AtomicInteger();
    try (WireConnection connection = new WireConnection(hub)) {
      // Several run beside each other: each has an inbox of its own.
      String inbox = "_INBOX." + UUID.randomUUID() + ".";
      connection.subscribe(inbox + "*", 1);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              connection.readAll((sid, token, buffer, offset, length) -> {
                int number = (int) token;
                long nanos = Math.max(1, System.nanoTime() - dueNanos[number]);
                String wrong =
                    replies.take(number, nanos, new String(buffer, offset, length, UTF_8));
                if (wrong != null) {
                  failure.compareAndSet(null, wrong);
                }
                answered.incrementAndGet();
              });
            } catch (IOException e) {
              failure.compareAndSet(null, String.valueOf(e.getMessage()));
            }
          });
      Pace pace = Pace.fromNow(perSecond);
      for (int i = 0; i < count; i++) {
        dueNanos[i] = pace.dueNanos(i);
        pace.await(i);
        connection.send(requests.publication(i, inbox + i));
      }
      long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (answered.get() < count && failure.get() == null && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    String wrong = failure.get();
    if (wrong != null || answered.get() != count) {
      throw new IllegalStateException(
          wrong != null ? wrong : count + " requests, " + answered.get() + " replies");
    }
  }
}
