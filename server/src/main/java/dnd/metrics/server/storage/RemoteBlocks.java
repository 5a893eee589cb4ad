package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The blocks of the object store that are read from there, because they are not on the local disk.
 * Which ones those are is said anew from time to time; who reads leaves out those that are here,
 * that blocks here were made of, or that were removed for good since. Safe for use by several
 * threads.
 */
final class RemoteBlocks implements Closeable {
  /** A block and its objects. */
  record Remote(BlockMeta meta, SortedMap<String, Long> files) {}

  private final BlockCache cache;
  private final RemovedBlocks removed;

  private volatile Map<Ulid, Remote> all = Map.of();

  private volatile boolean known;
  private volatile String problem = "it was not looked at yet";

  RemoteBlocks(BlockCache cache, RemovedBlocks removed) {
    this.cache = cache;
    this.removed = removed;
  }

  BlockCache cache() {
    return cache;
  }

  /** What is in the store now. */
  void set(Collection<Remote> there) throws IOException {
    Map<Ulid, Remote> next = new HashMap<>();
    there.forEach(remote -> next.put(remote.meta().ulid(), remote));
    all = next;
    known = true;
    cache.retain(new HashSet<>(next.keySet()));
  }

  /** It cannot be looked at what is in the store. */
  void setUnknown(String reason) {
    problem = reason;
  }

  InputStream read(Ulid ulid, String path) throws IOException {
    return cache.objects().read(ulid, path);
  }

  /** How many there are. */
  int count() {
    return all.size();
  }

  Set<Ulid> ulids() {
    return all.keySet();
  }

  /**
   * Those that may have samples between two times and that are not on the local disk in any form.
   *
   * @param local what is on the local disk
   * @throws UnreadableSamplesException where it is not known yet what there is, and there may be
   *     something
   */
  List<Remote> overlapping(List<Block> local, long fromMillis, long toMillis) {
    if (!known) {
      long oldest =
          local.stream().mapToLong(block -> block.meta().minMillis()).min().orElse(Long.MAX_VALUE);
      if (fromMillis < oldest) {
        throw new UnreadableSamplesException(
            "older samples may be in the object store, which is not known yet: " + problem);
      }
    }
    List<Remote> found = new ArrayList<>();
    for (Remote remote : all.values()) {
      if (remote.meta().overlaps(fromMillis, toMillis)
          && !isIn(local, remote.meta())
          && !removed.has(remote.meta())) {
        found.add(remote);
      }
    }
    found.sort((a, b) -> {
      int c = Long.compare(a.meta().minMillis(), b.meta().minMillis());
      return c != 0 ? c : a.meta().ulid().compareTo(b.meta().ulid());
    });
    return found;
  }

  private static boolean isIn(List<Block> local, BlockMeta meta) {
    for (Block block : local) {
      if (block.meta().ulid().equals(meta.ulid()) || meta.isReplacedBy(block.meta())) {
        return true;
      }
    }
    return false;
  }

  /**
   * One of them, held for the caller, who releases it.
   *
   * @throws UnreadableSamplesException where it cannot be read
   */
  Block acquire(Remote remote) {
    try {
      return cache.acquire(remote.meta(), remote.files());
    } catch (IOException e) {
      throw new UnreadableSamplesException(
          "block "
              + remote.meta().ulid()
              + " in the object store cannot be read: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public void close() {
    cache.close();
  }
}
