package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Asks beside the pushes of {@code bench day} what dashboards ask, as of the newest time of which
 * all events have had their replies: one host over the last hour, and the sum of all hosts. Each
 * answer must be right to the last sample.
 */
final class DayQueries {
  private static final int PER_SECOND = 5;
  private static final int METRIC = 0;
  private static final long HOUR_MILLIS = 3_600_000;

  private final DayLoad load;
  private final EventsInFlight pushes;
  private final Recorder host = new Recorder(600_000_000_000L, 3);
  private final Recorder sum = new Recorder(600_000_000_000L, 3);
  private final Random random = new Random(13);
  private volatile boolean done;
  private volatile long checked;

  DayQueries(DayLoad load, EventsInFlight pushes) {
    this.load = load;
    this.pushes = pushes;
  }

  /** Asks until {@link #end}. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
  void run(URI hub) throws IOException, InterruptedException {
    try (HubQueries queries = new HubQueries(hub)) {
      Pace pace = Pace.fromNow(PER_SECOND);
      for (int i = 0; !done; i++) {
        long due = pace.await(i);
        long known = pushes.acknowledgedAllBefore();
        if (known < load.hosts()) {
          continue;
        }
        long atMillis = Math.floorDiv(load.timeMillis(known) - 1, 1000) * 1000;
        if (i % 2 == 0) {
          askOfHost(queries, atMillis);
          host.recordValue(System.nanoTime() - due);
        } else {
          askOfAll(queries, atMillis);
          sum.recordValue(System.nanoTime() - due);
        }
        checked++;
      }
    }
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

  void end() {
    done = true;
  }

  /** How many answers were right. */
  long checked() {
    return checked;
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
