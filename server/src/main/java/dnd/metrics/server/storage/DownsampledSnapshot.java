package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.storage.BlocksOfKind.Found;
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
   * @param resolutionMillis the length of its windows
   */
  record Chosen(Blocks owner, Block block, Optional<Block> weights, long resolutionMillis) {}

  private final Map<Downsampling, BlocksOfKind> kinds;

  /**
   * @param kinds held already
   */
  DownsampledSnapshot(Map<Downsampling, BlocksOfKind> kinds) {
    this.kinds = kinds;
  }

  void release() {
    kinds.values().forEach(BlocksOfKind::release);
  }

  /** The block that a downsampled one was made of. */
  static Ulid parent(BlockMeta downsampled) {
    return downsampled.compaction().parents().getFirst().ulid();
  }

  /**
   * @param raw all raw blocks
   */
  static State state(BlockMeta downsampled, List<BlockMeta> raw) {
    long min = downsampled.minMillis();
    long max = downsampled.maxMillis();
    List<BlockMeta> there = raw.stream().filter(meta -> meta.overlaps(min, max - 1)).toList();
    if (there.isEmpty()) {
      return State.ALONE;
    }
    return there.size() == 1 && isMadeOf(downsampled, there.getFirst())
        ? State.EQUAL
        : State.OUTDATED;
  }

  /** Whether it says what the raw block says: of neither anything was deleted since. */
  private static boolean isMadeOf(BlockMeta downsampled, BlockMeta raw) {
    return parent(downsampled).equals(raw.ulid())
        && raw.stats().tombstones() == 0
        && downsampled.stats().tombstones() == 0;
  }

  /** The lengths of windows of which there may be a block, ascending. */
  List<Long> resolutionsMillis() {
    TreeSet<Long> found = new TreeSet<>();
    kinds.forEach((kind, blocks) -> {
      if (blocks.mayHaveAny()) {
        found.add(kind.resolutionMillis());
      }
    });
    return new ArrayList<>(found);
  }

  /** Waits as {@link BlocksOfKind#awaitFirstLook}, for all kinds. */
  void awaitFirstLook(long rawMillis, long fromMillis, SearchProgress progress) {
    kinds.values().forEach(kind -> kind.awaitFirstLook(rawMillis, fromMillis, progress));
  }

  /** Whether that is a block that is open and in the object store only. */
  boolean isFar(Block block) {
    return kinds.values().stream().anyMatch(kind -> kind.isFar(block));
  }

  /**
   * Which blocks to read for a query between two times instead of raw ones: of each time the one
   * with the longest windows that will do. By their beginning; they do not overlap.
   *
   * @param rawMillis from when on there are raw samples, so that none of these are missed
   */
  List<Chosen> choose(
      Downsampling wanted, List<BlockMeta> raw, long rawMillis, long fromMillis, long toMillis) {
    List<Chosen> chosen = new ArrayList<>();
    for (long resolution : resolutionsMillis().reversed()) {
      if (resolution > wanted.resolutionMillis()) {
        continue;
      }
      Downsampling kind = new Downsampling(wanted.aggregate(), resolution);
      for (Found found : of(kind).overlapping(rawMillis, fromMillis, toMillis)) {
        if (state(found.meta(), raw) == State.OUTDATED || !isFree(found.meta(), chosen)) {
          continue;
        }
        if (kind.aggregate() != Aggregate.EDGES) {
          chosen.add(chosen(kind, found, Optional.empty()));
          continue;
        }
        Optional<Block> weights = weights(found.meta(), resolution, rawMillis);
        if (weights.isPresent()) {
          chosen.add(chosen(kind, found, weights));
        }
      }
    }
    chosen.sort(Comparator.comparingLong(c -> c.block().meta().minMillis()));
    return chosen;
  }

  /**
   * The blocks of edges that stand in where there are no raw blocks, the shortest windows first.
   *
   * @param rawMillis as above
   */
  List<Chosen> standIns(List<BlockMeta> raw, long rawMillis, long fromMillis, long toMillis) {
    List<Chosen> chosen = new ArrayList<>();
    for (long resolution : resolutionsMillis()) {
      Downsampling kind = new Downsampling(Aggregate.EDGES, resolution);
      for (Found found : of(kind).overlapping(rawMillis, fromMillis, toMillis)) {
        if (state(found.meta(), raw) == State.ALONE && isFree(found.meta(), chosen)) {
          chosen.add(chosen(kind, found, Optional.empty()));
        }
      }
    }
    return chosen;
  }

  /**
   * Whether there is a block, as far as one knows, that stands in between two times where there are
   * no raw ones; none is opened for that.
   */
  boolean mayStandIn(long fromMillis, long toMillis) {
    return kinds.entrySet().stream()
        .filter(each -> each.getKey().aggregate() == Aggregate.EDGES)
        .anyMatch(
            each -> !each.getValue().overlapping(Long.MIN_VALUE, fromMillis, toMillis).isEmpty());
  }

  private BlocksOfKind of(Downsampling kind) {
    BlocksOfKind blocks = kinds.get(kind);
    if (blocks == null) {
      throw new IllegalStateException("no blocks of " + kind);
    }
    return blocks;
  }

  private Chosen chosen(Downsampling kind, Found found, Optional<Block> weights) {
    BlocksOfKind blocks = of(kind);
    return new Chosen(blocks.owner(), blocks.open(found), weights, kind.resolutionMillis());
  }

  private Optional<Block> weights(BlockMeta edges, long resolution, long rawMillis) {
    Downsampling kind = new Downsampling(Aggregate.WEIGHTS, resolution);
    return of(kind).overlapping(rawMillis, edges.minMillis(), edges.maxMillis() - 1).stream()
        .filter(found -> parent(found.meta()).equals(parent(edges)))
        .findFirst()
        .map(of(kind)::open);
  }

  private static boolean isFree(BlockMeta meta, List<Chosen> chosen) {
    return chosen.stream()
        .noneMatch(c -> c.block().meta().overlaps(meta.minMillis(), meta.maxMillis() - 1));
  }
}
