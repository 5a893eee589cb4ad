package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * A query that is asked again and again, one at a time: to its end, or cancelled at a random moment
 * before that.
 */
final class LargeQuery implements AutoCloseable {
  private static final String REFUSED = "\"code\":\"query_too_large\"";
  private static final String CANCELED = "\"code\":\"query_canceled\"";
  private static final String NOT_LAST = "\"last\":false";
  private static final int TAIL_BYTES = 256;
  private static final long PATIENCE_SECONDS = 120;

  /** How an answer ended, and when. */
  private record End(String tail, long nanos) {}

  private final WireConnection connection;
  private final String expression;
  private final String range;
  private volatile CompletableFuture<End> awaited = new CompletableFuture<>();
  private volatile boolean done;
  private int number;

  /**
   * @param range the fields of the event that say when: {@code "time":...}, or start, end and step
   */
  LargeQuery(URI hub, String expression, String range) throws IOException {
    this.connection = new WireConnection(hub);
    this.expression = expression;
    this.range = range;
    connection.subscribe("_INBOX.large", 1);
    Thread.ofPlatform().daemon().start(this::read);
  }

  private void read() {
    try {
      connection.readAll((sid, token, buffer, offset, length) -> {
        int from = Math.max(0, length - TAIL_BYTES);
        String tail = new String(buffer, offset + from, length - from, UTF_8);
        if (!tail.contains(NOT_LAST)) {
          awaited.complete(new End(tail, System.nanoTime()));
        }
      });
    } catch (IOException e) {
      awaited.completeExceptionally(e);
    }
  }

  private void publish(String subject, String event) throws IOException {
    WireBuffer out = new WireBuffer();
    byte[] bytes = event.getBytes(UTF_8);
    out.put((subject + " " + bytes.length + "\r\n").getBytes(US_ASCII));
    connection.send(out.put(bytes).put((byte) '\r').put((byte) '\n'));
  }

  private void begin() throws IOException {
    awaited = new CompletableFuture<>();
    number++;
    publish(
        "PUB large.metrics.query _INBOX.large",
        "{\"type\":\"metrics.query\",\"data\":{\"query\":\"%s\",%s,\"parts\":true,\"timeout\":\"2m\",\"correlation_id\":\"large-%d\"}}"
            .formatted(expression.replace("\\", "\\\\").replace("\"", "\\\""), range, number));
  }

  private End end() throws IOException, InterruptedException {
    try {
      return awaited.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + PATIENCE_SECONDS + " s to " + expression, e);
    }
  }

  /** Asks it to its end; returns how long that took in nanoseconds. */
  long run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    begin();
    End end = end();
    if (end.tail().contains("\"error\":")) {
      throw new IllegalStateException(expression + " was answered with ..." + end.tail());
    }
    return end.nanos() - start;
  }

  /** Asks until {@link #stop}, and expects to be refused; returns how often that was. */
  int runRefused() throws IOException, InterruptedException {
    int refused = 0;
    while (!done) {
      begin();
      String tail = end().tail();
      if (!tail.contains(REFUSED)) {
        throw new IllegalStateException(expression + " was answered with ..." + tail);
      }
      refused++;
    }
    return refused;
  }

  void stop() {
    done = true;
  }

  /**
   * Asks and cancels within {@code usualNanos}; records the time from the cancel event to the
   * answer that says so, which is sent when the work has ended.
   *
   * @return how many of the answers were there before they were cancelled
   */
  int cancel(int times, long usualNanos, Histogram nanos) throws IOException, InterruptedException {
    int tooLate = 0;
    for (int i = 0; i < times; i++) {
      begin();
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(usualNanos));
      long canceled = System.nanoTime();
      publish(
          "PUB large.metrics.cancel",
          "{\"type\":\"metrics.cancel\",\"data\":{\"correlation_id\":\"large-" + number + "\"}}");
      End end = end();
      if (end.tail().contains(CANCELED)) {
        nanos.recordValue(Math.max(1, end.nanos() - canceled));
      } else {
        tooLate++;
      }
    }
    return tooLate;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
