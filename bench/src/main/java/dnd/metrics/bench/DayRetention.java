package dnd.metrics.bench;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code bench day} lets go, and what must be there nevertheless: by size while the day lasts,
 * as the log of the service names it; by a rule for some services, set at its end.
 */
final class DayRetention {
  /** So many services, the first ones, are kept for a shorter time in the end. */
  static final int SHORT_SERVICES = 5;

  private static final String SHORT_SELECTOR = "{service=~\"devops_0[0-4]\"}";

  private static final long HOUR_MILLIS = 3_600_000;

  /** Blocks are at most a tenth of it long: six hours. */
  private static final String TIME = "60h";

  /** What a sample takes, about, with the index of series that live for two hours. */
  private static final double BYTES_PER_SAMPLE = 1.8;

  /** What there is room for. */
  private static final int ROOM_HOURS = 16;

  private static final Pattern GONE = Pattern.compile("block \\w+ with samples up to (\\S+) goes:");
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final DayLoad load;
  private final long mostBytes;

  DayRetention(DayLoad load) {
    this.load = load;
    long samplesPerHour =
        HOUR_MILLIS / DayLoad.STEP_MILLIS * load.hosts() * DevopsLoad.METRICS.size();
    this.mostBytes = (long) (ROOM_HOURS * BYTES_PER_SAMPLE * samplesPerHour);
  }

  /** As configuration. */
  String yaml() {
    return "storage: {retention: {time: %s, size: %d}}\n".formatted(TIME, mostBytes);
  }

  /** Waits until blocks are neither made nor merged any more; returns them. */
  static List<BlockOnDisk> awaitRest(ServerProcess server)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    List<BlockOnDisk> before = server.blocks();
    long since = System.nanoTime();
    while (System.nanoTime() - since < TimeUnit.SECONDS.toNanos(25)) { // it looks every ten
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the blocks did not come to rest: " + before);
      }
      TimeUnit.MILLISECONDS.sleep(500);
      List<BlockOnDisk> now = server.blocks();
      if (!now.equals(before)) {
        before = now;
        since = System.nanoTime();
      }
    }
    return before;
  }

  /** Up to when samples went for want of room; the smallest long for none. */
  static long goneToMillis(ServerProcess server) throws IOException {
    long to = Long.MIN_VALUE;
    for (String line : server.logLines()) {
      Matcher matcher = GONE.matcher(line);
      if (matcher.find()) {
        to = Math.max(to, Instant.parse(matcher.group(1)).toEpochMilli());
      }
    }
    return to;
  }

  /** Throws where blocks take more room than there is. */
  void checkSize(ServerProcess server) {
    if (server.blockBytes() > mostBytes) {
      throw new IllegalStateException(
          "the blocks have %,d bytes, more than %,d".formatted(server.blockBytes(), mostBytes));
    }
  }

  /**
   * Counts and adds up every hour, of one metric or of all: what did not go for want of room must
   * be there, once, and the rest must not.
   *
   * @return how many samples there were
   */
  long checkAll(HubQueries queries, int metrics, long goneToMillis) throws InterruptedException {
    long all = 0;
    for (int metric = 0; metric < metrics; metric++) {
      for (long from = firstHour(); from <= lastMillis(); from += HOUR_MILLIS) {
        DayLoad.Total expected =
            from < goneToMillis
                ? new DayLoad.Total(0, 0)
                : load.total(metric, DevopsLoad.SERVICES, from, from + HOUR_MILLIS);
        check(queries, metric, "", from, expected);
        all += expected.count();
      }
    }
    return all;
  }

  /** Throws where a metric has other samples in an hour than it should. */
  static void check(
      HubQueries queries, int metric, String selector, long from, DayLoad.Total expected)
      throws InterruptedException {
    DayLoad.Total found = total(queries, metric, selector, from);
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "%s%s in the hour from %s: %s there, %s expected"
              .formatted(
                  DevopsLoad.METRICS.get(metric),
                  selector,
                  Instant.ofEpochMilli(from),
                  found,
                  expected));
    }
  }

  private static DayLoad.Total total(
      HubQueries queries, int metric, String selector, long fromMillis)
      throws InterruptedException {
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

  private long firstHour() {
    return Math.floorDiv(load.timeMillis(0), HOUR_MILLIS) * HOUR_MILLIS;
  }

  private long lastMillis() {
    return load.timeMillis(load.events() - 1);
  }

  /**
   * Lets some services be kept for as long only that the oldest block has none of them any more,
   * and waits until they are gone from it; all else must still be there.
   *
   * @return how many samples of the first metric went
   */
  long shorten(
      ServerProcess server, HubQueries queries, List<BlockOnDisk> blocks, long goneToMillis)
      throws IOException, InterruptedException {
    if (blocks.isEmpty()) {
      return 0;
    }
    // An hour behind its end, so that no other block comes to its end while one looks.
    long until = blocks.getFirst().maxMillis() + HOUR_MILLIS;
    long minutes = (System.currentTimeMillis() - until) / 60_000;
    HubRequest.ask(
        server.hub(),
        "cli",
        "metrics.retention",
        Map.of(
            "action",
            "set",
            "retention",
            Map.of(
                "time",
                TIME,
                "size",
                Long.toString(mostBytes),
                "rules",
                List.of(Map.of("match", SHORT_SELECTOR, "time", minutes + "m")))));
    long gone = 0;
    for (long from = firstHour(); from <= lastMillis(); from += HOUR_MILLIS) {
      long hour = from;
      DayLoad.Total all = load.total(0, DevopsLoad.SERVICES, from, from + HOUR_MILLIS);
      DayLoad.Total some = load.total(0, SHORT_SERVICES, from, from + HOUR_MILLIS);
      if (from < goneToMillis) {
        all = new DayLoad.Total(0, 0);
        some = all;
      }
      if (blocks.stream()
          .anyMatch(b -> b.holds(hour, hour + HOUR_MILLIS) && b.maxMillis() <= until)) {
        awaitNone(queries, from);
        gone += some.count();
        all = new DayLoad.Total(all.count() - some.count(), all.sum() - some.sum());
        some = new DayLoad.Total(0, 0);
      }
      check(queries, 0, "", from, all);
      check(queries, 0, SHORT_SELECTOR, from, some);
    }
    return gone;
  }

  private static void awaitNone(HubQueries queries, long fromMillis) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (total(queries, 0, SHORT_SELECTOR, fromMillis).count() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "samples of %s from %s on did not go though their time is over"
                .formatted(SHORT_SELECTOR, Instant.ofEpochMilli(fromMillis)));
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }
}
