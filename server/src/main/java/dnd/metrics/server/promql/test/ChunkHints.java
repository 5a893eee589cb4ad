package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives the histograms of one series the counter reset hints with which Prometheus's database would
 * return them: it stores them in chunks, of which only the first histogram may have been reset, and
 * forgets what it knew of that one.
 */
final class ChunkHints {
  /** The histogram before, where it is in a chunk that may go on. */
  private @Nullable Histogram last;

  /** Notes that a float came, which ends a chunk of histograms. There is no histogram to return. */
  @Nullable Histogram afterFloat() {
    last = null;
    return null;
  }

  /** The next histogram as it would be returned. */
  Histogram stored(Histogram histogram) {
    Histogram before = last;
    last = histogram;
    CounterResetHint hint = CounterResetHint.GAUGE;
    if (histogram.counterResetHint() != CounterResetHint.GAUGE) {
      hint =
          before != null && goesOn(before, histogram)
              ? CounterResetHint.NOT_RESET
              : CounterResetHint.UNKNOWN;
    }
    return histogram.toBuilder().counterResetHint(hint).build();
  }

  private static boolean goesOn(Histogram before, Histogram after) {
    return before.counterResetHint() != CounterResetHint.GAUGE
        && after.counterResetHint() != CounterResetHint.RESET
        && after.count() >= before.count()
        && after.schema() == before.schema()
        && after.zeroThreshold() == before.zeroThreshold()
        && after.zeroCount() >= before.zeroCount()
        && Arrays.equals(after.customValues(), before.customValues())
        && noneFell(before.positive(), after.positive())
        && noneFell(before.negative(), after.negative());
  }

  private static boolean noneFell(Buckets before, Buckets after) {
    int j = 0;
    for (int i = 0; i < before.size(); i++) {
      while (j < after.size() && after.index(j) < before.index(i)) {
        j++;
      }
      boolean there = j < after.size() && after.index(j) == before.index(i);
      if ((there ? after.count(j) : 0) < before.count(i)) {
        return false;
      }
    }
    return true;
  }
}
