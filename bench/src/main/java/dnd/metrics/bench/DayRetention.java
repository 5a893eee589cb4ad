package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The rule of retention that is set at the end of {@code bench day}: some services are kept for a
 * shorter time, all else must still be there.
 */
final class DayRetention {
  /** So many services, the first ones, are kept for a shorter time in the end. */
  private static final int SHORT_SERVICES = 5;

  private static final String SHORT_SELECTOR = "{service=~\"devops_0[0-4]\"}";

  private static final long HOUR_MILLIS = DayStorage.HOUR_MILLIS;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final DayLoad load;
  private final DayStorage storage;

  DayRetention(DayLoad load, DayStorage storage) {
    this.load = load;
    this.storage = storage;
  }

  /**
   * Lets some services be kept for as long only that the oldest block has none of them any more,
   * wherever it is, and waits until they are gone from it; all else must still be there.
   *
   * @param blocks all that there are, by their beginning
   * @return how many samples of the first metric went
   */
  long shorten(URI hub, DayCounts counts, List<BlockOnDisk> blocks)
      throws IOException, InterruptedException {
    if (blocks.isEmpty()) {
      return 0;
    }
    // An hour behind its end, so that no other block comes to its end while one looks.
    long until = blocks.getFirst().maxMillis() + HOUR_MILLIS;
    long minutes = (System.currentTimeMillis() - until) / 60_000;
    HubRequest.ask(
        hub,
        "cli",
        "metrics.retention",
        Map.of(
            "action",
            "set",
            "retention",
            Map.of(
                "time",
                DayStorage.TIME,
                "size",
                Long.toString(storage.mostBytes()),
                "rules",
                List.of(Map.of("match", SHORT_SELECTOR, "time", minutes + "m")))));
    long gone = 0;
    long first = Math.max(counts.firstHour(), blocks.getFirst().minMillis());
    for (long from = first; from <= counts.lastMillis(); from += HOUR_MILLIS) {
      long hour = from;
      DayLoad.Total all = load.total(0, DevopsLoad.SERVICES, from, from + HOUR_MILLIS);
      DayLoad.Total some = load.total(0, SHORT_SERVICES, from, from + HOUR_MILLIS);
      if (blocks.stream()
          .anyMatch(b -> b.holds(hour, hour + HOUR_MILLIS) && b.maxMillis() <= until)) {
        awaitNone(counts, from);
        gone += some.count();
        all = new DayLoad.Total(all.count() - some.count(), all.sum() - some.sum());
        some = new DayLoad.Total(0, 0);
      }
      counts.checkHour(0, "", from, all);
      counts.checkHour(0, SHORT_SELECTOR, from, some);
    }
    return gone;
  }

  private static void awaitNone(DayCounts counts, long fromMillis) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (counts.total(0, SHORT_SELECTOR, fromMillis).count() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "samples of %s from %s on did not go though their time is over"
                .formatted(SHORT_SELECTOR, Instant.ofEpochMilli(fromMillis)));
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }
}
