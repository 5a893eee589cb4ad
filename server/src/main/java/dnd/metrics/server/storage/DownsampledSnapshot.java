package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The downsampled blocks that queries read which began at one time; held as long as they run. */
final class DownsampledSnapshot {
  /** How a downsampled block stands to the raw ones. */
  enum State {
    /** It says what the one raw block of its time says. */
    EQUAL,
    /** There are no raw blocks of its time any more. */
    ALONE,
    /** Raw blocks of its time are not what it was made of. */
    OUTDATED
  }

  /**
   * A block that is read instead of raw ones.
   *
   * @param weights how many raw samples each of the edges stands for, where it has edges
   */
  record Chosen(Blocks owner, Block block, Optional<Block> weights) {}

  private final Map<Downsampling, Blocks> owners;
  private final Map<Downsampling, BlockSnapshot> snapshots;

  /**
   * @param snapshots held already
   */
  DownsampledSnapshot(
      Map<Downsampling, Blocks> owners, Map<Downsampling, BlockSnapshot> snapshots) {
    this.owners = owners;
    this.snapshots = snapshots;
  }

  void release() {
    snapshots.values().forEach(BlockSnapshot::release);
  }

  /** The block that a downsampled one was made of. */
  static Ulid parent(Block downsampled) {
    return downsampled.meta().compaction().parents().getFirst().ulid();
  }

  /**
   * @param raw all raw blocks
   */
  static State state(Block downsampled, List<BlockMeta> raw) {
    long min = downsampled.meta().minMillis();
    long max = downsampled.meta().maxMillis();
    List<BlockMeta> there = raw.stream().filter(meta -> meta.overlaps(min, max - 1)).toList();
    if (there.isEmpty()) {
      return State.ALONE;
    }
    return there.size() == 1 && isMadeOf(downsampled, there.getFirst())
        ? State.EQUAL
        : State.OUTDATED;
  }

  /** Whether it says what the raw block says: of neither anything was deleted since. */
  private static boolean isMadeOf(Block downsampled, BlockMeta raw) {
    return parent(downsampled).equals(raw.ulid())
        && raw.stats().tombstones() == 0
        && downsampled.meta().stats().tombstones() == 0;
  }

  /** The lengths of windows of which there is any block, ascending. */
  List<Long> resolutionsMillis() {
    TreeSet<Long> found = new TreeSet<>();
    snapshots.forEach((kind, snapshot) -> {
      if (!snapshot.blocks().isEmpty()) {
        found.add(kind.resolutionMillis());
      }
    });
    return new ArrayList<>(found);
  }

  /**
   * Which blocks to read for a query between two times instead of raw ones: of each time the one
   * with the longest windows that will do. By their beginning; they do not overlap.
   */
  List<Chosen> choose(Downsampling wanted, List<BlockMeta> raw, long fromMillis, long toMillis) {
    List<Chosen> chosen = new ArrayList<>();
    for (long resolution : resolutionsMillis().reversed()) {
      if (resolution > wanted.resolutionMillis()) {
        continue;
      }
      Downsampling kind = new Downsampling(wanted.aggregate(), resolution);
      for (Block block : overlapping(kind, fromMillis, toMillis)) {
        Optional<Block> weights =
            kind.aggregate() == Aggregate.EDGES ? weights(block, resolution) : Optional.empty();
        boolean complete = kind.aggregate() != Aggregate.EDGES || weights.isPresent();
        if (complete && state(block, raw) != State.OUTDATED && isFree(block, chosen)) {
          chosen.add(new Chosen(owner(kind), block, weights));
        }
      }
    }
    chosen.sort(Comparator.comparingLong(c -> c.block().meta().minMillis()));
    return chosen;
  }

  /**
   * The blocks of edges that stand in where there are no raw blocks, the shortest windows first.
   */
  List<Chosen> standIns(List<BlockMeta> raw, long fromMillis, long toMillis) {
    List<Chosen> chosen = new ArrayList<>();
    for (long resolution : resolutionsMillis()) {
      Downsampling kind = new Downsampling(Aggregate.EDGES, resolution);
      for (Block block : overlapping(kind, fromMillis, toMillis)) {
        if (state(block, raw) == State.ALONE && isFree(block, chosen)) {
          chosen.add(new Chosen(owner(kind), block, Optional.empty()));
        }
      }
    }
    return chosen;
  }

  /** The length of the windows of a block of edges. */
  long resolutionMillis(Block edges) {
    for (Map.Entry<Downsampling, BlockSnapshot> each : snapshots.entrySet()) {
      if (each.getValue().blocks().contains(edges)) {
        return each.getKey().resolutionMillis();
      }
    }
    return 0;
  }

  private Blocks owner(Downsampling kind) {
    Blocks owner = owners.get(kind);
    if (owner == null) {
      throw new IllegalStateException("no blocks of " + kind);
    }
    return owner;
  }

  private List<Block> overlapping(Downsampling kind, long fromMillis, long toMillis) {
    BlockSnapshot snapshot = snapshots.get(kind);
    return snapshot == null ? List.of() : snapshot.overlapping(fromMillis, toMillis);
  }

  private Optional<Block> weights(Block edges, long resolution) {
    BlockSnapshot all = snapshots.get(new Downsampling(Aggregate.WEIGHTS, resolution));
    return all == null
        ? Optional.empty()
        : all.blocks().stream().filter(b -> parent(b).equals(parent(edges))).findFirst();
  }

  private static boolean isFree(Block block, List<Chosen> chosen) {
    return chosen.stream()
        .noneMatch(
            c -> c.block().meta().overlaps(block.meta().minMillis(), block.meta().maxMillis() - 1));
  }
}
