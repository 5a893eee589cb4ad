package dnd.metrics.server.head;

import static java.util.Objects.requireNonNull;

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
  private final FinishedChunks chunks;
  private final long[] lateMillis;

  private SeriesCut(HeadSeries series, FinishedChunks chunks, long[] lateMillis) {
    this.series = series;
    this.chunks = chunks;
    this.lateMillis = lateMillis;
  }

  /** Null where there is nothing to give; the array must not be changed afterwards. */
  static @Nullable SeriesCut of(HeadSeries series, FinishedChunks chunks, long[] lateMillis) {
    return chunks.isEmpty() && lateMillis.length == 0
        ? null
        : new SeriesCut(series, chunks, lateMillis);
  }

  HeadSeries series() {
    return series;
  }

  /**
   * At hand, its chunks of one range; maybe others, too. Files of chunks must not be removed while
   * it is cut.
   */
  FinishedChunks chunks(long fromMillis, long toMillis, ChunkStore store) {
    return requireNonNull(chunks.between(fromMillis, toMillis - 1, store));
  }

  /** How many chunks it has from one time to another, ends of ranges. */
  int chunkCount(long fromMillis, long toMillis) {
    return chunks.count(fromMillis, toMillis);
  }

  /** Whether it has samples from one time to another, which is not included; ends of ranges. */
  boolean hasSamples(long fromMillis, long toMillis) {
    return hasLate(fromMillis, toMillis) || chunkCount(fromMillis, toMillis) > 0;
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

  /**
   * The time of the earliest sample that does not lie before a time, the end of a range; the
   * largest for none.
   */
  long firstMillisFrom(long fromMillis) {
    long first = chunks.firstMillisFrom(fromMillis);
    int late = firstLate(fromMillis);
    return late < lateMillis.length ? Math.min(first, lateMillis[late]) : first;
  }
}
