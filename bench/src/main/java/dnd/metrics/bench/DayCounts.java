package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts and adds up what the service has of a day, and holds it against what was sent; what
 * differs is thrown. For one thread.
 */
final class DayCounts {
  private static final long HOUR_MILLIS = DayStorage.HOUR_MILLIS;
  private static final String SAYS_DOWNSAMPLED = "downsampled to 5m";
  private static final String SAYS_GONE = "raw samples of a part of the time are gone";

  private final DayLoad load;
  private final HubQueries queries;

  DayCounts(DayLoad load, HubQueries queries) {
    this.load = load;
    this.queries = queries;
  }

  long firstHour() {
    return Math.floorDiv(load.timeMillis(0), HOUR_MILLIS) * HOUR_MILLIS;
  }

  long lastMillis() {
    return load.timeMillis(load.events() - 1);
  }

  /** All series of a metric in the hour from a time on, its end not included. */
  void checkHour(int metric, long fromMillis) throws InterruptedException {
    checkHour(metric, "", fromMillis, totalOfAll(metric, fromMillis));
  }

  private DayLoad.Total totalOfAll(int metric, long fromMillis) {
    return load.total(metric, DevopsLoad.SERVICES, fromMillis, fromMillis + HOUR_MILLIS);
  }

  /** The same of some series. */
  void checkHour(int metric, String selector, long fromMillis, DayLoad.Total expected)
      throws InterruptedException {
    DayLoad.Total found = total(metric, selector, fromMillis);
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "%s%s in the hour from %s: %s there, %s expected"
              .formatted(
                  DevopsLoad.METRICS.get(metric),
                  selector,
                  Instant.ofEpochMilli(fromMillis),
                  found,
                  expected));
    }
  }

  /** From raw samples: a range with such an end is not made of whole windows. */
  DayLoad.Total total(int metric, String selector, long fromMillis) throws InterruptedException {
    // A range excludes its begin and includes its end, so both are moved by a millisecond.
    long end = fromMillis + HOUR_MILLIS - 1;
    String range =
        "(%s%s[1h] @ %s))"
            .formatted(DevopsLoad.METRICS.get(metric), selector, HubQueries.seconds(end));
    double count = queries.numberOrNaN("sum(count_over_time" + range, end);
    double sum = queries.numberOrNaN("sum(sum_over_time" + range, end);
    return Double.isNaN(count)
        ? new DayLoad.Total(0, 0)
        : new DayLoad.Total((long) count, (long) sum);
  }

  /**
   * Every raw sample from an hour on, of all metrics.
   *
   * @return how many there were
   */
  long checkRaw(long fromMillis) throws InterruptedException {
    long all = 0;
    for (int metric = 0; metric < DevopsLoad.METRICS.size(); metric++) {
      for (long hour = Math.max(fromMillis, firstHour());
          hour <= lastMillis();
          hour += HOUR_MILLIS) {
        DayLoad.Total expected = totalOfAll(metric, hour);
        checkHour(metric, "", hour, expected);
        all += expected.count();
      }
    }
    return all;
  }

  /** Of each hour before a time raw samples must be gone, and the answer must say so. */
  void checkRawIsGone(int metric, long toMillis) throws InterruptedException {
    for (long hour = firstHour(); hour < Math.min(toMillis, lastMillis()); hour += HOUR_MILLIS) {
      long end = hour + HOUR_MILLIS - 1;
      String expression =
          "sum(count_over_time(%s[1h] @ %s))"
              .formatted(DevopsLoad.METRICS.get(metric), HubQueries.seconds(end));
      if (!text(queries.ask(new DashboardQuery(expression, 0), end, end)).contains(SAYS_GONE)) {
        throw new IllegalStateException(
            expression + ": no block has such samples, and the answer does not say so");
      }
    }
  }

  /**
   * Every hour of the day by what its windows of five minutes add up to, raw samples gone or not,
   * and the whole day in one query; each answer must say how it was found.
   *
   * @return how many samples that were
   */
  long checkAggregates(int metric) throws InterruptedException {
    String name = DevopsLoad.METRICS.get(metric);
    TreeMap<Long, Double> sums = new TreeMap<>();
    long samples = 0;
    for (long hour = firstHour(); hour <= lastMillis(); hour += HOUR_MILLIS) {
      long end = hour + HOUR_MILLIS;
      DayLoad.Aggregates expected = load.aggregates(metric, hour, end);
      DayLoad.Aggregates found =
          new DayLoad.Aggregates(
              aggregate("count", name, end),
              aggregate("sum", name, end),
              aggregate("min", name, end),
              aggregate("max", name, end));
      if (!found.equals(expected)) {
        throw new IllegalStateException(
            "%s by windows in the hour up to %s: %s, %s expected"
                .formatted(name, Instant.ofEpochMilli(end), found, expected));
      }
      sums.put(end, (double) expected.sum());
      samples += expected.count();
    }
    DashboardQuery day = new DashboardQuery("sum(sum_over_time(" + name + "[1h]))", 3600);
    Map<Long, Double> found =
        HubQueries.answer(said(day, sums.firstKey(), sums.lastKey()))
            .series()
            .values()
            .iterator()
            .next();
    if (!found.equals(sums)) {
      throw new IllegalStateException(
          day.expression() + " answered " + found + ", expected was " + sums);
    }
    return samples;
  }

  private long aggregate(String function, String name, long end) throws InterruptedException {
    DashboardQuery query =
        new DashboardQuery("sum(%s_over_time(%s[1h]))".formatted(function, name), 0);
    Answer answer = HubQueries.answer(said(query, end, end));
    return answer.points() == 0
        ? 0
        : answer.series().values().iterator().next().firstEntry().getValue().longValue();
  }

  private List<byte[]> said(DashboardQuery query, long fromMillis, long toMillis)
      throws InterruptedException {
    List<byte[]> parts = queries.ask(query, fromMillis, toMillis);
    String text = text(parts);
    if (!text.contains(SAYS_DOWNSAMPLED) || text.contains(SAYS_GONE)) {
      throw new IllegalStateException(
          query.expression() + " does not say that it read windows of five minutes: " + text);
    }
    return parts;
  }

  private static String text(List<byte[]> parts) {
    return new String(parts.getLast(), UTF_8);
  }
}
