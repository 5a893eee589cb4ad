package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.storage.RemoteBlocks.Remote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The downsampled blocks of one kind that a query may read, here and in the object store; held
 * until {@link #release}. Safe for use by several threads.
 */
final class BlocksOfKind {
  /** One of them: what it says of itself, and where it is. */
  record Found(BlockMeta meta, Optional<Block> here, Optional<Remote> far) {}

  private final Blocks owner;
  private final BlockSnapshot snapshot;

  /** Those of the object store that are open. Guards itself. */
  private final Map<Ulid, Block> opened = new HashMap<>();

  /**
   * @param snapshot held already
   */
  BlocksOfKind(Blocks owner, BlockSnapshot snapshot) {
    this.owner = owner;
    this.snapshot = snapshot;
  }

  Blocks owner() {
    return owner;
  }

  boolean mayHaveAny() {
    RemoteBlocks store = owner.remote();
    return !snapshot.blocks().isEmpty() || (store != null && store.mayHaveAny());
  }

  /** Whether it is known what is in the object store. */
  boolean isKnown() {
    RemoteBlocks store = owner.remote();
    return store == null || store.isKnown();
  }

  /**
   * From when on none of these are missed: where it is not known what is in the store, since all
   * are here, too.
   *
   * @param rawMillis from when on there are raw samples, so that none of these are missed
   */
  private long sinceMillis(long rawMillis) {
    return isKnown() ? rawMillis : Math.min(rawMillis, owner.farUntilMillis());
  }

  /**
   * Whether it is known from a time on which there are, or that does no harm.
   *
   * @param rawMillis as above
   */
  boolean isKnown(long rawMillis, long fromMillis) {
    return isKnown() || fromMillis >= sinceMillis(rawMillis);
  }

  /**
   * Waits as {@link RemoteBlocks#awaitFirstLook}.
   *
   * @param rawMillis as above
   */
  void awaitFirstLook(long rawMillis, long fromMillis, SearchProgress progress) {
    RemoteBlocks store = owner.remote();
    if (store != null) {
      store.awaitFirstLook(sinceMillis(rawMillis), fromMillis, progress);
    }
  }

  /**
   * Those that may have samples between two times.
   *
   * @param rawMillis as above
   * @throws dnd.metrics.server.model.UnreadableSamplesException where it is not known yet what is
   *     in the object store, and older ones may be
   */
  List<Found> overlapping(long rawMillis, long fromMillis, long toMillis) {
    List<Found> found = new ArrayList<>();
    for (Block block : snapshot.overlapping(fromMillis, toMillis)) {
      found.add(new Found(block.meta(), Optional.of(block), Optional.empty()));
    }
    RemoteBlocks store = owner.remote();
    if (store != null) {
      long since = sinceMillis(rawMillis);
      for (Remote far : store.overlapping(snapshot.blocks(), since, fromMillis, toMillis)) {
        found.add(new Found(far.meta(), Optional.empty(), Optional.of(far)));
      }
    }
    return found;
  }

  /** One of them, open until the end. */
  Block open(Found found) {
    if (found.here().isPresent()) {
      return found.here().get();
    }
    RemoteBlocks store = Objects.requireNonNull(owner.remote());
    synchronized (opened) {
      return opened.computeIfAbsent(
          found.meta().ulid(), ulid -> store.acquire(found.far().orElseThrow()));
    }
  }

  void release() {
    snapshot.release();
    synchronized (opened) {
      opened.values().forEach(Block::release);
      opened.clear();
    }
  }
}
