package dnd.metrics.server.head;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Where ranges of the head go when they become blocks. One thread at a time calls it.
 *
 * <p>The head forgets the samples of a range after {@link #write} has returned; every query that
 * runs then must know the block. Until then they are in both places, and after a crash they may be
 * so for longer, until the range is cut again: who reads both takes one sample of each time.
 */
@FunctionalInterface
public interface BlockSink {
  /**
   * Writes series into a block that is durable, and in sight of all queries, when this returns.
   *
   * @param minMillis the block's range, this end included
   * @param maxMillis this end not
   * @param pace how fast it is written
   * @param isStillTrue asked at the last moment, while nothing can be deleted: whether nothing of
   *     the series was deleted since they were collected
   * @return false where something was: there is no block then, and it is tried again
   * @throws IOException where that failed: the head keeps what it has, and it is tried again
   */
  boolean write(
      SeriesCursor series,
      long minMillis,
      long maxMillis,
      DiskPace pace,
      BooleanSupplier isStillTrue)
      throws IOException;
}
