package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import java.util.ArrayList;
import java.util.List;

/**
 * Which blocks are to be made one next, as Prometheus's {@code LeveledCompactor} decides: blocks
 * that overlap first; then neighbours that lie in one range of a level, where ranges begin at
 * multiples of their length, each level's three times as long as the one below; then a block of
 * which something is deleted (of which much is, there).
 */
final class CompactionPlan {
  private static final int FACTOR = 3;

  private final List<Long> rangesMillis = new ArrayList<>();

  /**
   * @param rangeMillis the length of blocks that are cut from the head
   * @param longestMillis blocks do not grow longer than this
   */
  CompactionPlan(long rangeMillis, long longestMillis) {
    for (long range = rangeMillis; range <= longestMillis; range *= FACTOR) {
      rangesMillis.add(range);
    }
  }

  /**
   * The blocks to be made one, in order; empty where nothing is to be done.
   *
   * @param blocks by their beginning
   */
  List<BlockMeta> next(List<BlockMeta> blocks) {
    List<BlockMeta> overlapping = overlapping(blocks);
    if (!overlapping.isEmpty()) {
      return overlapping;
    }
    if (blocks.isEmpty()) {
      return List.of();
    }
    // The newest block waits: what comes late for its range is still to come.
    List<BlockMeta> settled = blocks.subList(0, blocks.size() - 1);
    List<BlockMeta> neighbours = neighbours(settled);
    return neighbours.isEmpty() ? withTombstones(blocks) : neighbours;
  }

  /** The first run of blocks that reach into one another. */
  private static List<BlockMeta> overlapping(List<BlockMeta> blocks) {
    List<BlockMeta> found = new ArrayList<>();
    long end = Long.MIN_VALUE;
    BlockMeta before = null;
    for (BlockMeta block : blocks) {
      if (before != null && block.minMillis() < end) {
        if (found.isEmpty()) {
          found.add(before);
        }
        found.add(block);
      } else if (!found.isEmpty()) {
        break;
      }
      end = Math.max(end, block.maxMillis());
      before = block;
    }
    return found;
  }

  private List<BlockMeta> neighbours(List<BlockMeta> blocks) {
    if (blocks.isEmpty()) {
      return List.of();
    }
    long newest = blocks.getLast().minMillis();
    for (long range : rangesMillis.subList(Math.min(1, rangesMillis.size()), rangesMillis.size())) {
      for (List<BlockMeta> part : byRange(blocks, range)) {
        long min = part.getFirst().minMillis();
        long max = part.getLast().maxMillis();
        boolean complete = max - min == range || max <= newest;
        if (complete && part.size() > 1) {
          return part;
        }
      }
    }
    return List.of();
  }

  /** Blocks in groups that lie within one range each; those that lie in none are left out. */
  private static List<List<BlockMeta>> byRange(List<BlockMeta> blocks, long range) {
    List<List<BlockMeta>> groups = new ArrayList<>();
    long current = Long.MIN_VALUE;
    for (BlockMeta block : blocks) {
      long start = Math.floorDiv(block.minMillis(), range) * range;
      if (block.maxMillis() > start + range) {
        continue;
      }
      if (groups.isEmpty() || start != current) {
        groups.add(new ArrayList<>());
        current = start;
      }
      groups.getLast().add(block);
    }
    return groups;
  }

  /** The newest block of which something is deleted, so that it is gone from the disk too. */
  private static List<BlockMeta> withTombstones(List<BlockMeta> blocks) {
    for (BlockMeta block : blocks.reversed()) {
      if (block.stats().tombstones() > 0) {
        return List.of(block);
      }
    }
    return List.of();
  }
}
