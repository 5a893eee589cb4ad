package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Pushes the events of some hosts over one connection, oldest sample first, a bounded number in
 * flight, and checks every reply: ten samples collected, none rejected.
 */
final class Pusher implements AutoCloseable {
  /** When each was sent is kept, for the time that its reply took. */
  static final int MOST_IN_FLIGHT = 1 << 20;

  private static final int BATCH_BYTES = 256 * 1024;
  private static final byte[] COLLECTED = "metrics.collected".getBytes(US_ASCII);
  private static final byte[] TEN = "\"count\":10".getBytes(US_ASCII);
  private static final byte[] NONE_REJECTED = "\"rejected\":[]".getBytes(US_ASCII);

  private final WireConnection connection;
  private final Semaphore inFlight;
  private final int maxInFlight;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final byte[] inbox;
  private final long[] sentNanos;
  private final Histogram latencyNanos = new Histogram(60_000_000_000L, 3);
  private long sent;

  Pusher(URI hub, int number, int maxInFlight) throws IOException {
    this.connection = new WireConnection(hub);
    this.maxInFlight = maxInFlight;
    this.inFlight = new Semaphore(maxInFlight);
    this.inbox = ("_INBOX.bench" + number + ".").getBytes(US_ASCII);
    this.sentNanos = new long[Integer.highestOneBit(maxInFlight * 2)];
    connection.subscribe(new String(inbox, US_ASCII) + "*", 1);
    Thread.ofPlatform().daemon().name("bench-replies-" + number).start(this::readReplies);
  }

  private void readReplies() {
    try {
      connection.readAll((sid, token, buffer, offset, length) -> {
        if (find(buffer, offset, length, COLLECTED) < 0
            || find(buffer, offset, length, TEN) < 0
            || find(buffer, offset, length, NONE_REJECTED) < 0) {
          failure.compareAndSet(
              null, "a push was answered with " + new String(buffer, offset, length, UTF_8));
        }
        latencyNanos.recordValue(
            Math.max(1, System.nanoTime() - sentNanos[(int) token & (sentNanos.length - 1)]));
        acknowledged.incrementAndGet();
        inFlight.release();
      });
    } catch (IOException e) {
      failure.compareAndSet(null, e.getMessage());
    }
  }

  private static int find(byte[] in, int offset, int length, byte[] what) {
    outer:
    for (int i = offset; i <= offset + length - what.length; i++) {
      for (int j = 0; j < what.length; j++) {
        if (in[i + j] != what[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }

  /** Pushes every sample of the hosts and returns when all are acknowledged. */
  void push(DevopsLoad load, List<DevopsLoad.Host> hosts, EventTemplate.Form form) {
    push(load, hosts, form, () -> false);
  }

  /** The same until {@code stopped} says so: then returns when what was pushed is acknowledged. */
  void push(
      DevopsLoad load,
      List<DevopsLoad.Host> hosts,
      EventTemplate.Form form,
      BooleanSupplier stopped) {
    List<EventTemplate> templates = hosts.stream().map(h -> new EventTemplate(h, form)).toList();
    List<byte[]> heads =
        hosts.stream()
            .map(h -> ("PUB " + h.sender() + ".metrics.push ").getBytes(US_ASCII))
            .toList();
    WireBuffer out = new WireBuffer();
    byte[] correlationId = "00000000-0000-4000-8000-000000000000".getBytes(US_ASCII);
    try {
      for (int sample = 0; sample < load.samples(); sample++) {
        byte[] time = EventTemplate.renderTime(load.timeMillis(sample));
        for (int h = 0; h < templates.size() && !stopped.getAsBoolean(); h++) {
          publish(heads.get(h), templates.get(h), load, sample, time, correlationId, out);
        }
      }
      connection.send(out);
    } catch (IOException e) {
      throw new UncheckedIOException(failure.get() == null ? e.getMessage() : failure.get(), e);
    }
    inFlight.acquireUninterruptibly(maxInFlight);
    inFlight.release(maxInFlight);
    String wrong = failure.get();
    if (wrong != null) {
      throw new IllegalStateException(wrong);
    }
  }

  private void publish(
      byte[] head,
      EventTemplate template,
      DevopsLoad load,
      int sample,
      byte[] time,
      byte[] correlationId,
      WireBuffer out)
      throws IOException {
    if (!inFlight.tryAcquire()) {
      connection.send(out);
      out.clear();
      acquire();
    }
    stamp(correlationId, sent);
    int length = template.length(load, sample, time, correlationId);
    out.put(head).put(inbox).putNumber(sent).put((byte) ' ').putNumber(length);
    out.put((byte) '\r').put((byte) '\n');
    int rendered = template.render(load, sample, time, correlationId, out);
    if (rendered != length) {
      throw new IllegalStateException(rendered + " bytes rendered, " + length + " announced");
    }
    out.put((byte) '\r').put((byte) '\n');
    sentNanos[(int) sent & (sentNanos.length - 1)] = System.nanoTime();
    sent++;
    if (out.size() > BATCH_BYTES) {
      connection.send(out);
      out.clear();
    }
  }

  private void acquire() {
    try {
      while (!inFlight.tryAcquire(10, java.util.concurrent.TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "no reply for 10 s, "
                + (sent - acknowledged.get())
                + " events in flight: "
                + failure.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Writes a number into the last twelve hexadecimal digits of a UUID. */
  private static void stamp(byte[] uuid, long number) {
    long rest = number;
    for (int i = uuid.length - 1; i >= uuid.length - 12; i--) {
      uuid[i] = (byte) Character.forDigit((int) (rest & 15), 16);
      rest >>>= 4;
    }
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** Push to reply, of all events so far. */
  Histogram latencyNanos() {
    return latencyNanos;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
