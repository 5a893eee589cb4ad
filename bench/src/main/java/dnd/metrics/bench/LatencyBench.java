package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What an event takes at a fixed rate: from the moment it was due to be published to its reply, to
 * {@code metrics.collected} at a subscriber on another connection, to being found by a query; and
 * from a dashboard query to its reply while the events go on. Times count from when an event was
 * due, so that a stall is not hidden by the events that it delays. What of that is the sender's own
 * lateness, which shares the processors with the program, is told beside it.
 */
final class LatencyBench {
  private static final int WARM_UP_SECONDS = 10;

  private final URI hub;
  private final int eventsPerSecond;
  private final int seconds;
  private final String correlationPrefix;
  private final Histogram late = histogram();
  private final Histogram reply = histogram();
  private final Histogram collected = histogram();
  private final Histogram queryable = histogram();
  private final Histogram query = histogram();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong notices = new AtomicLong();
  private volatile boolean done;

  /**
   * @param correlationPrefix eight hexadecimal digits with which the events' correlation ids begin:
   *     others than those of any other events, which would be taken for their retries
   */
  LatencyBench(URI hub, int eventsPerSecond, int seconds, String correlationPrefix) {
    this.hub = hub;
    this.eventsPerSecond = eventsPerSecond;
    this.seconds = seconds;
    this.correlationPrefix = correlationPrefix;
  }

  private static Histogram histogram() {
    return new Histogram(60_000_000_000L, 3);
  }

  /** Pushes while nobody asks anything. */
  void pushOnly(Report report) throws Exception {
    push(() -> {});
    throwFailure();
    addTimesOfPushes(" at %d events/s, no queries".formatted(eventsPerSecond), report);
  }

  /**
   * Runs all measurements at once; {@code loaded} is an hour of data that is there already, for the
   * dashboard query.
   */
  void pushAndQuery(DevopsLoad loaded, Report report) throws Exception {
    Thread probe = Thread.ofPlatform().unstarted(this::probeQueryable);
    Thread dashboard = Thread.ofPlatform().unstarted(() -> askDashboard(loaded));
    try {
      push(() -> {
        probe.start();
        dashboard.start();
      });
    } finally {
      done = true;
      probe.join();
      dashboard.join();
    }
    throwFailure();
    addTimesOfPushes(" at %d events/s".formatted(eventsPerSecond), report);
    report.add(Measured.times("push → found by a query", queryable));
    report.add(Measured.times("dashboard query over 1 h → reply", query));
  }

  private void addTimesOfPushes(String rate, Report report) {
    report.add(Measured.times("the sender's own lateness" + rate, late));
    report.add(Measured.times("push → reply" + rate, reply));
    report.add(Measured.times("push → metrics.collected" + rate, collected));
  }

  private void throwFailure() {
    String wrong = failure.get();
    if (wrong != null) {
      throw new IllegalStateException(wrong);
    }
  }

  private void push(Runnable beside) throws Exception {
    int events = eventsPerSecond * (WARM_UP_SECONDS + seconds);
    int firstCounted = eventsPerSecond * WARM_UP_SECONDS;
    long[] dueNanos = new long[events];
    try (WireConnection publisher = new WireConnection(hub);
        WireConnection subscriber = new WireConnection(hub)) {
      publisher.subscribe("_INBOX.latency.*", 1);
      subscriber.subscribe("metrics.collected", 2);
      read(
          publisher,
          (sid, token, buffer, offset, length) -> {
            if (!new String(buffer, offset, length, UTF_8).contains("\"rejected\":[]")) {
              failure.compareAndSet(null, new String(buffer, offset, length, UTF_8));
            }
            record(reply, dueNanos, token, firstCounted);
            replies.incrementAndGet();
          });
      read(
          subscriber,
          (sid, token, buffer, offset, length) -> {
            long number = correlationNumber(buffer, offset, length);
            if (number >= 0) {
              record(collected, dueNanos, number, firstCounted);
              notices.incrementAndGet();
            }
          });
      beside.run();
      publish(publisher, dueNanos, firstCounted);
      await(events);
    }
  }

  private void read(WireConnection connection, WireConnection.Delivery delivery) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            connection.readAll(delivery);
          } catch (IOException e) {
            failure.compareAndSet(null, e.getMessage());
          }
        });
  }

  private static void record(Histogram histogram, long[] dueNanos, long number, int firstCounted) {
    if (number >= firstCounted) {
      histogram.recordValue(Math.max(1, System.nanoTime() - dueNanos[(int) number]));
    }
  }

  private void publish(WireConnection publisher, long[] dueNanos, int firstCounted)
      throws IOException {
    SteadyEvents events = new SteadyEvents(correlationPrefix);
    Pace pace = Pace.fromNow(eventsPerSecond);
    for (int i = 0; i < dueNanos.length; i++) {
      dueNanos[i] = pace.dueNanos(i);
      pace.await(i);
      record(late, dueNanos, i, firstCounted);
      publisher.send(events.publication(i, "_INBOX.latency." + i));
    }
  }

  private void await(int events) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while ((replies.get() < events || notices.get() < events) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(5_000_000);
    }
    if (replies.get() != events || notices.get() != events) {
      failure.compareAndSet(
          null,
          "%d events, %d replies, %d metrics.collected"
              .formatted(events, replies.get(), notices.get()));
    }
  }

  /** The number in the last digits of the correlation id of an event of ours, or -1. */
  private long correlationNumber(byte[] buffer, int offset, int length) {
    String text = new String(buffer, offset, length, UTF_8);
    String start = "\"correlation_id\":\"" + correlationPrefix + "-";
    int at = text.indexOf(start);
    return at < 0
        ? -1
        : Long.parseLong(text.substring(at + start.length() + 15, at + start.length() + 27));
  }

  /** Ten times a second: pushes a value and asks until it is found. */
  private void probeQueryable() {
    try (WireConnection connection = new WireConnection(hub);
        HubQueries queries = new HubQueries(hub)) {
      long value = 0;
      long start = System.nanoTime();
      while (!done) {
        value++;
        String event =
            "{\"type\":\"metrics.push\",\"data\":{\"service\":\"probe\",\"metrics\":[{\"name\":\"probe_value\",\"type\":\"gauge\",\"value\":%d}]}}"
                .formatted(value);
        WireBuffer out = new WireBuffer();
        out.put(
            ("PUB probe.metrics.push " + event.length() + "\r\n" + event + "\r\n")
                .getBytes(US_ASCII));
        long sent = System.nanoTime();
        connection.send(out);
        while (!found(queries, value)) {
          if (System.nanoTime() - sent > 5_000_000_000L) {
            throw new IllegalStateException("a pushed value was not found by a query within 5 s");
          }
        }
        if (System.nanoTime() - start > WARM_UP_SECONDS * 1_000_000_000L) {
          queryable.recordValue(System.nanoTime() - sent);
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean found(HubQueries queries, long value) throws InterruptedException {
    long now = System.currentTimeMillis() + 1_000;
    Answer answer =
        HubQueries.answer(queries.ask(new DashboardQuery("probe_value == " + value, 0), now, now));
    return answer.points() == 1;
  }

  /** Ten times a second: a dashboard query over the hour that was loaded before. */
  private void askDashboard(DevopsLoad loaded) {
    DashboardQuery dashboard = DashboardQuery.ALL.get(3);
    ExpectedAnswers expected =
        new ExpectedAnswers(loaded, loaded.timeMillis(0), loaded.lastMillis());
    try (HubQueries queries = new HubQueries(hub)) {
      String difference =
          expected.difference(
              dashboard,
              HubQueries.answer(queries.ask(dashboard, loaded.timeMillis(0), loaded.lastMillis())));
      if (difference != null) {
        throw new IllegalStateException(difference);
      }
      Pace pace = Pace.fromNow(10);
      for (int i = 0; !done; i++) {
        long due = pace.await(i);
        queries.ask(dashboard, loaded.timeMillis(0), loaded.lastMillis());
        if (due - pace.startNanos() > WARM_UP_SECONDS * 1_000_000_000L) {
          query.recordValue(System.nanoTime() - due);
        }
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
