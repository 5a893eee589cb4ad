package dnd.metrics.server.query;

import dnd.metrics.server.model.DurationHistogram;
import dnd.metrics.server.promql.exec.QueryException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts queries by how they ended, what they read and how long they took from reception to the end
 * of their answer. Live queries are not counted: they do not end. Safe for use by several threads.
 */
public final class QueryFigures {
  static final String SUCCESS = "success";
  static final String ABANDONED = "abandoned";
  static final String INTERNAL = "internal";

  private final ConcurrentHashMap<String, LongAdder> outcomes = new ConcurrentHashMap<>();
  private final DurationHistogram durations = new DurationHistogram();
  private final LongAdder samplesRead = new LongAdder();

  void ended(String outcome, long startNanos) {
    outcomes.computeIfAbsent(outcome, o -> new LongAdder()).increment();
    durations.recordSince(startNanos);
  }

  void read(long samples) {
    samplesRead.add(samples);
  }

  static String outcome(QueryException.Type type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /**
   * How many ended how: {@code success}, {@code abandoned} where nobody waited for the answer any
   * more, or the kind of error.
   */
  public Map<String, Long> outcomes() {
    Map<String, Long> counts = new TreeMap<>();
    outcomes.forEach((outcome, count) -> counts.put(outcome, count.sum()));
    return counts;
  }

  public DurationHistogram durations() {
    return durations;
  }

  /** Samples that queries have read from head and blocks. */
  public long samplesRead() {
    return samplesRead.sum();
  }
}
