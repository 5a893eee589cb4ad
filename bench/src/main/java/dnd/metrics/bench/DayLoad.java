package dnd.metrics.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A day's events, told apart by their numbers, and what they add up to: each host in turn sends one
 * event every {@link #STEP_MILLIS}, and each is replaced by a new one after {@link #LIFE_ROUNDS} of
 * them, the hosts one after the other. What an event holds follows from its number alone. One
 * thread renders; any may ask.
 */
final class DayLoad {
  static final long STEP_MILLIS = 20_000;

  /** Two hours: in a day a host has twelve others in its place. */
  static final int LIFE_ROUNDS = (int) (TimeUnit.HOURS.toMillis(2) / STEP_MILLIS);

  /** How far an instant selector looks back. */
  private static final long LOOKBACK_MILLIS = TimeUnit.MINUTES.toMillis(5);

  private final SoakLoad load;
  private final long beginMillis;
  private final int hosts;
  private final long events;

  /**
   * @param beginMillis when the first event is
   */
  DayLoad(int series, long beginMillis, int hours) {
    this.load = new SoakLoad(series, beginMillis, hours * 60);
    this.beginMillis = beginMillis;
    this.hosts = load.hosts();
    this.events = TimeUnit.HOURS.toMillis(hours) / STEP_MILLIS * hosts;
  }

  long events() {
    return events;
  }

  int hosts() {
    return hosts;
  }

  /** How many hosts there are in all events beside the first ones. */
  long replaced() {
    long replaced = 0;
    for (long last = events - hosts; last < events; last++) {
      replaced += generation(last);
    }
    return replaced;
  }

  long timeMillis(long number) {
    return beginMillis + number * STEP_MILLIS / hosts;
  }

  /** The first event that is not before a time; {@link #events} for none. */
  long firstFrom(long millis) {
    return Math.clamp(Math.ceilDiv((millis - beginMillis) * hosts, STEP_MILLIS), 0, events);
  }

  /** How many others there were in the place of the host of an event before it. */
  int generation(long number) {
    long host = number % hosts;
    return (int) ((number / hosts + host * LIFE_ROUNDS / hosts) / LIFE_ROUNDS);
  }

  String hostname(long number) {
    return SoakLoad.hostname((int) (number % hosts), generation(number));
  }

  /** Appends the event with this number as it is sent, for the first time or again. */
  void publication(long number, WireBuffer out) {
    load.become((int) (number % hosts), generation(number));
    load.publication(number, timeMillis(number), out);
  }

  /** The last event of the host in this place that is not after a time; negative for none. */
  long lastOf(int host, long atMillis) {
    long last = firstFrom(atMillis + 1) - 1;
    return last - Math.floorMod(last - host, hosts);
  }

  /**
   * What {@code max_over_time(METRIC{hostname="..."}[1m])} answers for the host of an event at each
   * minute from one time to another, both included.
   */
  Map<Long, Double> highestByMinute(int metric, long ofEvent, long fromMillis, long toMillis) {
    TreeMap<Long, Double> highest = new TreeMap<>();
    for (long at = fromMillis; at <= toMillis; at += 60_000) {
      for (long n = lastOf((int) (ofEvent % hosts), at);
          n >= 0 && timeMillis(n) > at - 60_000;
          n -= hosts) {
        if (generation(n) == generation(ofEvent)) {
          highest.merge(at, (double) load.value(metric, n), Math::max);
        }
      }
    }
    return highest;
  }

  /**
   * What {@code sum(METRIC)} answers: a host counts until five minutes after its last event, beside
   * the one that is in its place by then.
   */
  double sumOfLast(int metric, long atMillis) {
    double sum = 0;
    for (int host = 0; host < hosts; host++) {
      int counted = Integer.MAX_VALUE;
      for (long n = lastOf(host, atMillis);
          n >= 0 && timeMillis(n) > atMillis - LOOKBACK_MILLIS;
          n -= hosts) {
        if (generation(n) < counted) {
          counted = generation(n);
          sum += load.value(metric, n);
        }
      }
    }
    return sum;
  }

  /** How many samples there are of something, and what they add up to. */
  record Total(long count, long sum) {}

  /**
   * All samples of a metric between two times, the second not included.
   *
   * @param services only hosts that this many of the {@link DevopsLoad#SERVICES}, the first ones,
   *     report for
   */
  Total total(int metric, int services, long fromMillis, long toMillis) {
    long count = 0;
    long sum = 0;
    long end = firstFrom(toMillis);
    for (long n = firstFrom(fromMillis); n < end; n++) {
      if (n % hosts % DevopsLoad.SERVICES < services) {
        count++;
        sum += load.value(metric, n);
      }
    }
    return new Total(count, sum);
  }

  /**
   * What is asked of aggregates: of all series how many samples they have in a range, what these
   * add up to, and the least and the greatest one of each series, added up.
   */
  record Aggregates(long count, long sum, long least, long greatest) {
    static final Aggregates NONE = new Aggregates(0, 0, 0, 0);

    private Aggregates plus(Aggregates other) {
      return new Aggregates(
          count + other.count, sum + other.sum, least + other.least, greatest + other.greatest);
    }
  }

  /** The aggregates of a metric in a PromQL range: without its beginning, its end included. */
  Aggregates aggregates(int metric, long fromMillis, long toMillis) {
    long begin = firstFrom(fromMillis + 1);
    long end = firstFrom(toMillis + 1);
    Aggregates all = Aggregates.NONE;
    for (long first = begin; first < Math.min(end, begin + hosts); first++) {
      Aggregates one = Aggregates.NONE;
      for (long n = first; n < end; n += hosts) {
        if (one.count > 0 && generation(n) > generation(n - hosts)) {
          all = all.plus(one);
          one = Aggregates.NONE;
        }
        int value = load.value(metric, n);
        one =
            new Aggregates(
                one.count + 1,
                one.sum + value,
                one.count == 0 ? value : Math.min(one.least, value),
                Math.max(one.greatest, value));
      }
      all = all.plus(one);
    }
    return all;
  }
}
