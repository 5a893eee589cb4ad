package dnd.metrics.server.storage;

import dnd.metrics.server.model.Labels;
import java.util.List;
import java.util.TreeSet;

/**
 * How long samples are kept in blocks. Immutable.
 *
 * @param keptMillis where no rule says otherwise; {@link #FOR_EVER} for ever
 * @param mostBytes of all blocks together: the oldest go first; {@link Long#MAX_VALUE} for no limit
 * @param rules the first that matches a series counts
 */
public record Retention(long keptMillis, long mostBytes, List<RetentionRule> rules) {
  public static final long FOR_EVER = Long.MAX_VALUE;

  public static final Retention EVERYTHING = new Retention(FOR_EVER, Long.MAX_VALUE, List.of());

  /** A block is at most this part of the shortest time long, so that nothing stays much longer. */
  private static final int PARTS = 10;

  public Retention {
    rules = List.copyOf(rules);
  }

  /** How long a series is kept. */
  long keptMillis(Labels labels) {
    for (RetentionRule rule : rules) {
      if (rule.matches(labels)) {
        return rule.keptMillis();
      }
    }
    return keptMillis;
  }

  /** How long the series are kept that are kept longest. */
  long longestMillis() {
    return times().last();
  }

  /** All times that there are, the shortest first. */
  TreeSet<Long> times() {
    TreeSet<Long> times = new TreeSet<>();
    times.add(keptMillis);
    rules.forEach(rule -> times.add(rule.keptMillis()));
    return times;
  }

  /** How long a block may be. */
  public long longestBlockMillis() {
    return Math.max(
        Compactor.RANGE_MILLIS, Math.min(Compactor.LONGEST_MILLIS, times().first() / PARTS));
  }

  /** Whether a series is to go whose last sample is before {@code maxMillis}. */
  boolean isOver(Labels labels, long maxMillis, long nowMillis) {
    return isOver(keptMillis(labels), maxMillis, nowMillis);
  }

  static boolean isOver(long kept, long maxMillis, long nowMillis) {
    return kept != FOR_EVER && maxMillis <= nowMillis - kept;
  }
}
