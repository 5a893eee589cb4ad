package dnd.metrics.server.storage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which downsampled blocks are made, and how long each kind is kept. Immutable.
 *
 * @param keptMillis by the length of windows in milliseconds; {@link Retention#FOR_EVER} for ever
 */
public record DownsamplingTimes(Map<Long, Long> keptMillis) {
  public static final DownsamplingTimes NONE = new DownsamplingTimes(Map.of());

  public static final long FIVE_MINUTES = 5 * 60 * 1000L;
  public static final long ONE_HOUR = 60 * 60 * 1000L;

  private static final long FIVE_MINUTES_AFTER = 40 * ONE_HOUR;
  private static final long ONE_HOUR_AFTER = 10 * 24 * ONE_HOUR;

  public DownsamplingTimes {
    keptMillis = Collections.unmodifiableMap(new TreeMap<>(keptMillis));
  }

  /** The lengths of windows, ascending. */
  public List<Long> resolutionsMillis() {
    return new ArrayList<>(keptMillis.keySet());
  }

  /** How long blocks of windows of such a length are kept. */
  long keptMillis(long resolutionMillis) {
    return keptMillis.getOrDefault(resolutionMillis, Retention.FOR_EVER);
  }

  boolean isOver(long resolutionMillis, long maxMillis, long nowMillis) {
    return Retention.isOver(keptMillis(resolutionMillis), maxMillis, nowMillis);
  }

  /**
   * How old samples are before they are downsampled, as with Thanos; sooner where raw ones would
   * not be on the disk for twice as long.
   */
  static long afterMillis(long resolutionMillis, long rawMillis) {
    long after = resolutionMillis < ONE_HOUR ? FIVE_MINUTES_AFTER : ONE_HOUR_AFTER;
    return Math.min(after, rawMillis / 2);
  }
}
