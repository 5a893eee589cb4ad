package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.storage.BlocksOfKind.Found;
import dnd.metrics.server.storage.DownsampledSnapshot.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The downsampled blocks that are read for one query. For one thread. */
final class DownsampledChoice {
  /** A block of weights that belongs to one of edges. */
  record Weights(Blocks owner, Block block) {}

  /**
   * A block that is read instead of raw ones.
   *
   * @param weights how many raw samples each of the edges stands for, where it has edges and that
   *     is asked for
   * @param besideOthers whether there are samples of its time elsewhere that are not in it
   */
  record Chosen(
      Blocks owner,
      Block block,
      Optional<Weights> weights,
      Downsampling kind,
      State state,
      boolean besideOthers) {
    BlockMeta meta() {
      return block.meta();
    }

    Chosen withOthersBeside() {
      return new Chosen(owner, block, weights, kind, state, true);
    }

    /** Whether it says less than what is wanted. */
    boolean standsIn(Downsampling wanted) {
      return kind.resolutionMillis() > wanted.resolutionMillis()
          || kind.aggregate() != wanted.aggregate()
          || (wanted.aggregate() == Aggregate.EDGES && weights.isEmpty());
    }
  }

  private final DownsampledSnapshot from;
  private final List<BlockMeta> raw;
  private final long rawMillis;
  private final long fromMillis;
  private final long toMillis;
  private final List<Chosen> chosen = new ArrayList<>();

  /**
   * @param raw all raw blocks of the time
   * @param rawMillis from when on there are raw samples, so that none of these are missed
   */
  DownsampledChoice(
      DownsampledSnapshot from,
      List<BlockMeta> raw,
      long rawMillis,
      long fromMillis,
      long toMillis) {
    this.from = from;
    this.raw = raw;
    this.rawMillis = rawMillis;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
  }

  /**
   * By their beginning, and of those that begin together the one with the most in it first; those
   * that overlap have nothing in common.
   */
  List<Chosen> chosen() {
    chosen.sort(
        Comparator.comparingLong((Chosen c) -> c.meta().minMillis())
            .thenComparingLong(c -> -c.meta().stats().samples()));
    return chosen;
  }

  /** Adds those that give what raw samples give. */
  void addExact(Downsampling kind) {
    boolean edges = kind.aggregate() == Aggregate.EDGES;
    for (Found found : from.of(kind).overlapping(rawMillis, fromMillis, toMillis)) {
      State state = DownsampledSnapshot.state(found.meta(), raw);
      if (state == State.OUTDATED || !isFree(found.meta())) {
        continue;
      }
      Optional<Weights> weights = edges ? weights(kind, found.meta()) : Optional.empty();
      if (!edges || weights.isPresent()) {
        add(kind, found, weights, state);
      }
    }
  }

  /**
   * Adds what stands in where there is nothing exact and no raw block either: of sums, counts and
   * extremes longer windows; where there are none of these, and for all else, the edges.
   */
  void addStandIns(Downsampling wanted) {
    Aggregate aggregate = wanted.aggregate();
    if (aggregate != Aggregate.EDGES) {
      for (long resolution : from.resolutionsMillis()) {
        if (resolution > wanted.resolutionMillis()) {
          addAlone(new Downsampling(aggregate, resolution), false);
        }
      }
    }
    addEdges(aggregate == Aggregate.SUM || aggregate == Aggregate.COUNT);
  }

  /** Adds edges that stand in for raw samples, the shortest windows first. */
  void addEdges(boolean weighted) {
    for (long resolution : from.resolutionsMillis()) {
      addAlone(new Downsampling(Aggregate.EDGES, resolution), weighted);
    }
  }

  private void addAlone(Downsampling kind, boolean weighted) {
    for (Found found : from.of(kind).overlapping(rawMillis, fromMillis, toMillis)) {
      if (DownsampledSnapshot.state(found.meta(), raw) == State.ALONE && isFree(found.meta())) {
        Optional<Weights> weights = weighted ? weights(kind, found.meta()) : Optional.empty();
        add(kind, found, weights, State.ALONE);
      }
    }
  }

  private void add(Downsampling kind, Found found, Optional<Weights> weights, State state) {
    BlocksOfKind blocks = from.of(kind);
    BlockMeta meta = found.meta();
    boolean besideOthers =
        state == State.ALONE
            && raw.stream().anyMatch(r -> r.overlaps(meta.minMillis(), meta.maxMillis() - 1));
    chosen.add(new Chosen(blocks.owner(), blocks.open(found), weights, kind, state, besideOthers));
  }

  private Optional<Weights> weights(Downsampling kind, BlockMeta edges) {
    BlocksOfKind all = from.of(new Downsampling(Aggregate.WEIGHTS, kind.resolutionMillis()));
    long from = Math.max(fromMillis, edges.minMillis());
    return all.overlapping(rawMillis, from, edges.maxMillis() - 1).stream()
        .filter(found ->
            DownsampledSnapshot.parent(found.meta()).equals(DownsampledSnapshot.parent(edges)))
        .findFirst()
        .map(found -> new Weights(all.owner(), all.open(found)));
  }

  /** Whether nothing of what it was made of is in one that is chosen. */
  private boolean isFree(BlockMeta meta) {
    Set<Ulid> origins = DownsampledSnapshot.origins(meta);
    return chosen.stream()
        .map(Chosen::meta)
        .filter(other -> other.overlaps(meta.minMillis(), meta.maxMillis() - 1))
        .allMatch(other -> Collections.disjoint(origins, DownsampledSnapshot.origins(other)));
  }
}
