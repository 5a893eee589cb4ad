package dnd.metrics.server.head;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one series has to give to blocks: chunks that nothing is appended to any more, in order of
 * time, and the times of samples that came out of order, sorted. All of it lies before the end of
 * the cut, and no chunk reaches over the end of a range. Immutable.
 */
final class SeriesCut {
  static final long[] NOTHING_LATE = {};

  private final HeadSeries series;
  private final FinishedChunk[] chunks;
  private final long[] lateMillis;

  private SeriesCut(HeadSeries series, FinishedChunk[] chunks, long[] lateMillis) {
    this.series = series;
    this.chunks = chunks;
    this.lateMillis = lateMillis;
  }

  /** Null where there is nothing to give; the arrays must not be changed afterwards. */
  static @Nullable SeriesCut of(HeadSeries series, FinishedChunk[] chunks, long[] lateMillis) {
    return chunks.length == 0 && lateMillis.length == 0
        ? null
        : new SeriesCut(series, chunks, lateMillis);
  }

  HeadSeries series() {
    return series;
  }

  FinishedChunk chunk(int i) {
    return chunks[i];
  }

  /** Whether it has samples from one time to another, which is not included. */
  boolean hasSamples(long fromMillis, long toMillis) {
    return hasLate(fromMillis, toMillis) || firstChunk(fromMillis) < firstChunk(toMillis);
  }

  boolean hasLate(long fromMillis, long toMillis) {
    return firstLate(fromMillis) < firstLate(toMillis);
  }

  /** The times of late samples from one time to another, which is not included. */
  long[] lateMillis(long fromMillis, long toMillis) {
    return Arrays.copyOfRange(lateMillis, firstLate(fromMillis), firstLate(toMillis));
  }

  private int firstLate(long millis) {
    int at = Arrays.binarySearch(lateMillis, millis);
    return at < 0 ? -at - 1 : at;
  }

  /** The first chunk that does not lie before {@code millis}. */
  int firstChunk(long millis) {
    int at = 0;
    while (at < chunks.length && chunks[at].firstMillis() < millis) {
      at++;
    }
    return at;
  }

  /** The time of the earliest sample that does not lie before a time; the largest for none. */
  long firstMillisFrom(long fromMillis) {
    int chunk = firstChunk(fromMillis);
    long first = chunk < chunks.length ? chunks[chunk].firstMillis() : Long.MAX_VALUE;
    int late = firstLate(fromMillis);
    return late < lateMillis.length ? Math.min(first, lateMillis[late]) : first;
  }
}
