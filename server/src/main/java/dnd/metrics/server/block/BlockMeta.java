package dnd.metrics.server.block;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a block says of itself in {@code meta.json}.
 *
 * @param minMillis no sample is before this, Unix milliseconds
 * @param maxMillis every sample is before this, Unix milliseconds
 * @param others what other programs say of it there, such as {@code thanos}; not to be changed
 */
public record BlockMeta(
    Ulid ulid,
    long minMillis,
    long maxMillis,
    BlockStats stats,
    BlockCompaction compaction,
    Map<String, JsonNode> others) {
  public BlockMeta {
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
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
        new BlockCompaction(1, List.of(ulid), List.of(), List.of()),
        Map.of());
  }

  /**
   * What a {@code meta.json} says.
   *
   * @throws IllegalArgumentException where this is no such file, with what is wrong
   */
  public static BlockMeta read(byte[] json) {
    return BlockMetaJson.read(json);
  }

  /** The file {@code meta.json}. */
  public byte[] toJson() {
    return BlockMetaJson.write(this);
  }

  /**
   * Whether another block has all that this one had, so that this one is not needed beside it: it
   * was made, maybe over several steps, of all that this one was made of.
   */
  public boolean isReplacedBy(BlockMeta other) {
    return ulid.compareTo(other.ulid) < 0
        && overlaps(other.minMillis, other.maxMillis - 1)
        && ThanosSection.resolutionMillis(this) == ThanosSection.resolutionMillis(other)
        && !compaction.sources().isEmpty()
        && new HashSet<>(other.compaction.sources()).containsAll(compaction.sources());
  }

  public BlockMeta withStats(BlockStats counted) {
    return new BlockMeta(ulid, minMillis, maxMillis, counted, compaction, others);
  }

  /** The same with so many tombstones. */
  BlockMeta withTombstones(long tombstones) {
    return stats.tombstones() == tombstones ? this : withStats(stats.withTombstones(tombstones));
  }

  public BlockReference reference() {
    return new BlockReference(ulid, minMillis, maxMillis);
  }

  /** Whether a sample between the two times, both included, may be in the block. */
  public boolean overlaps(long fromMillis, long toMillis) {
    return minMillis <= toMillis && fromMillis < maxMillis;
  }
}
