package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockReference;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.storage.DownsampledChoice.Chosen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The downsampled blocks that queries read which began at one time; held as long as they run. */
final class DownsampledSnapshot {
  /** How a downsampled block stands to the raw ones. */
  enum State {
    /** It says what the one raw block of its time says. */
    EQUAL,
    /**
     * No raw block has anything of what it was made of any more. There may be others of its time,
     * of what came late: what this one says is nowhere else.
     */
    ALONE,
    /** Raw blocks of its time are not what it was made of, but have something of that. */
    OUTDATED
  }

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
    Set<Ulid> origins = origins(downsampled);
    if (there.stream().allMatch(meta -> Collections.disjoint(origins, contents(meta)))) {
      return State.ALONE;
    }
    return there.size() == 1 && isMadeOf(downsampled, there.getFirst())
        ? State.EQUAL
        : State.OUTDATED;
  }

  /** Whether one of these raw blocks has all that a downsampled one was made of. */
  static boolean canBeMadeAgain(BlockMeta downsampled, List<BlockMeta> raw) {
    Set<Ulid> origins = origins(downsampled);
    return raw.stream().anyMatch(meta -> contents(meta).containsAll(origins));
  }

  /** What was cut from the head of which a downsampled block was made. */
  static Set<Ulid> origins(BlockMeta downsampled) {
    List<Ulid> sources = downsampled.compaction().sources();
    return sources.isEmpty() ? Set.of(parent(downsampled)) : new HashSet<>(sources);
  }

  /** The blocks of which a raw one has the samples, itself included. */
  private static Set<Ulid> contents(BlockMeta raw) {
    Set<Ulid> contents = new HashSet<>(raw.compaction().sources());
    raw.compaction().parents().stream().map(BlockReference::ulid).forEach(contents::add);
    contents.add(raw.ulid());
    return contents;
  }

  /** Whether it says what the raw block says: of neither anything was deleted since. */
  private static boolean isMadeOf(BlockMeta downsampled, BlockMeta raw) {
    return parent(downsampled).equals(raw.ulid())
        && raw.stats().tombstones() == 0
        && downsampled.stats().tombstones() == 0
        && downsampled.compaction().parents().size() == 1; // else it was written anew without some
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

  /** Whether it is known of all kinds what is in the object store. */
  boolean isKnown() {
    return kinds.values().stream().allMatch(BlocksOfKind::isKnown);
  }

  /** As {@link BlocksOfKind#isKnown(long, long)}, of all kinds. */
  boolean isKnown(long rawMillis, long fromMillis) {
    return kinds.values().stream().allMatch(kind -> kind.isKnown(rawMillis, fromMillis));
  }

  /** Waits as {@link BlocksOfKind#awaitFirstLook}, for all kinds. */
  void awaitFirstLook(long rawMillis, long fromMillis, SearchProgress progress) {
    kinds.values().forEach(kind -> kind.awaitFirstLook(rawMillis, fromMillis, progress));
  }

  /**
   * Which blocks to read for a query between two times instead of raw ones: of each time the one
   * with the longest windows that will do, or what stands in where there is neither such a one nor
   * a raw one. By their beginning; those that overlap have nothing in common.
   *
   * @param rawMillis from when on there are raw samples, so that none of these are missed
   */
  List<Chosen> choose(
      Downsampling wanted, List<BlockMeta> raw, long rawMillis, long fromMillis, long toMillis) {
    DownsampledChoice choice = new DownsampledChoice(this, raw, rawMillis, fromMillis, toMillis);
    for (long resolution : resolutionsMillis().reversed()) {
      if (resolution <= wanted.resolutionMillis()) {
        choice.addExact(new Downsampling(wanted.aggregate(), resolution));
      }
    }
    choice.addStandIns(wanted);
    return choice.chosen();
  }

  /**
   * The blocks of edges that stand in where there are no raw blocks, the shortest windows first.
   *
   * @param rawMillis as above
   */
  List<Chosen> standIns(List<BlockMeta> raw, long rawMillis, long fromMillis, long toMillis) {
    DownsampledChoice choice = new DownsampledChoice(this, raw, rawMillis, fromMillis, toMillis);
    choice.addEdges(false);
    return choice.chosen();
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

  /** Those of one kind. */
  BlocksOfKind of(Downsampling kind) {
    BlocksOfKind blocks = kinds.get(kind);
    if (blocks == null) {
      throw new IllegalStateException("no blocks of " + kind);
    }
    return blocks;
  }
}
