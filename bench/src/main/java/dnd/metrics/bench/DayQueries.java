package dnd.metrics.bench;

import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Asks beside the pushes of {@code bench day} what dashboards ask, as of the newest time of which
 * all events have had their replies: one host over the last hour, the sum of all hosts, and now and
 * then one host over an hour that may be in the object store only. Each answer must be right to the
 * last sample.
 */
final class DayQueries {
  private static final int PER_SECOND = 5;
  private static final int METRIC = 0;
  private static final long HOUR_MILLIS = DayStorage.HOUR_MILLIS;

  private static final int OLD_EVERY = 5;

  /** How long ago at least: what is older may have gone from the local disk. */
  private static final int OLD_FROM_HOURS = 6;

  /** How long ago at most: so much is there still after a block of six hours went. */
  private static final int OLD_HOURS = 11;

  private final DayLoad load;
  private final EventsInFlight pushes;
  private final Recorder host = new Recorder(600_000_000_000L, 3);
  private final Recorder sum = new Recorder(600_000_000_000L, 3);
  private final Histogram oldNanos = new Histogram(600_000_000_000L, 3);
  private final Random random = new Random(13);
  private volatile long checked;

  DayQueries(DayLoad load, EventsInFlight pushes) {
    this.load = load;
    this.pushes = pushes;
  }

  /** Asks until all is done, or the connection is closed. One thread at a time. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only one thread at a time writes
  void run(HubQueries queries, BooleanSupplier isDone) throws InterruptedException {
    Pace pace = Pace.fromNow(PER_SECOND);
    for (int i = 0; !isDone.getAsBoolean(); i++) {
      long due = pace.await(i);
      if (pushes.acknowledgedAllBefore() < load.hosts()) {
        continue;
      }
      if (i % OLD_EVERY == 0) {
        long atMillis = newestMillis() - oldMillis();
        if (atMillis < load.timeMillis(load.hosts())) {
          continue; // before the day
        }
        askOfHost(queries, atMillis);
        oldNanos.recordValue(System.nanoTime() - due);
      } else if (i % 2 == 0) {
        askOfHost(queries, newestMillis());
        host.recordValue(System.nanoTime() - due);
      } else {
        askOfAll(queries, newestMillis());
        sum.recordValue(System.nanoTime() - due);
      }
      checked++;
    }
  }

  private long oldMillis() {
    return random.nextLong(OLD_FROM_HOURS * HOUR_MILLIS, OLD_HOURS * HOUR_MILLIS) / 1000 * 1000;
  }

  /** Up to then all events have had their replies. */
  private long newestMillis() {
    return Math.floorDiv(load.timeMillis(pushes.acknowledgedAllBefore()) - 1, 1000) * 1000;
  }

  private void askOfHost(HubQueries queries, long atMillis) throws InterruptedException {
    long event = load.lastOf(random.nextInt(load.hosts()), atMillis);
    DashboardQuery query =
        new DashboardQuery(
            "max_over_time(%s{hostname=\"%s\"}[1m])"
                .formatted(DevopsLoad.METRICS.get(METRIC), load.hostname(event)),
            60);
    Answer answer = HubQueries.answer(queries.ask(query, atMillis - HOUR_MILLIS, atMillis));
    Map<Long, Double> expected =
        load.highestByMinute(METRIC, event, atMillis - HOUR_MILLIS, atMillis);
    if (answer.series().size() != 1
        || !answer.series().values().iterator().next().equals(expected)) {
      throw new IllegalStateException(
          query.expression() + " answered " + answer.series() + ", expected was " + expected);
    }
  }

  /** The newest sample of every host, now. */
  void askOfAll(HubQueries queries) throws InterruptedException {
    askOfAll(queries, newestMillis());
  }

  private void askOfAll(HubQueries queries, long atMillis) throws InterruptedException {
    String expression = "sum(" + DevopsLoad.METRICS.get(METRIC) + ")";
    double answer = queries.number(expression, atMillis);
    double expected = load.sumOfLast(METRIC, atMillis);
    if (answer != expected) {
      throw new IllegalStateException(
          "%s at %d answered %s, expected was %s"
              .formatted(expression, atMillis, answer, expected));
    }
  }

  /** How many answers were right. */
  long checked() {
    return checked;
  }

  /** What queries of a host took that look back for up to half a day; once nobody asks. */
  Histogram oldNanos() {
    return oldNanos;
  }

  /** What a query of a host took since the last call. */
  Histogram hostNanos() {
    return host.getIntervalHistogram();
  }

  /** What a query of all took since the last call. */
  Histogram sumNanos() {
    return sum.getIntervalHistogram();
  }
}
