package dnd.metrics.server.block;

import java.util.List;

/**
 * What a block says of itself in {@code meta.json}.
 *
 * @param minMillis no sample is before this, Unix milliseconds
 * @param maxMillis every sample is before this, Unix milliseconds
 */
public record BlockMeta(
    Ulid ulid, long minMillis, long maxMillis, BlockStats stats, BlockCompaction compaction) {
  public BlockMeta {
    if (minMillis >= maxMillis) {
      throw new IllegalArgumentException(
          "block " + ulid + " has no range: from " + minMillis + " to " + maxMillis);
    }
  }

  /** Of a block that is to be cut from the head. */
  public static BlockMeta ofHead(Ulid ulid, long minMillis, long maxMillis) {
    return new BlockMeta(
        ulid,
        minMillis,
        maxMillis,
        BlockStats.NONE,
        new BlockCompaction(1, List.of(ulid), List.of(), List.of()));
  }

  public BlockMeta withStats(BlockStats counted) {
    return new BlockMeta(ulid, minMillis, maxMillis, counted, compaction);
  }

  public BlockReference reference() {
    return new BlockReference(ulid, minMillis, maxMillis);
  }

  /** Whether a sample between the two times, both included, may be in the block. */
  public boolean overlaps(long fromMillis, long toMillis) {
    return minMillis <= toMillis && fromMillis < maxMillis;
  }
}
