package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.SearchProgress;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The blocks of the object store that are read from there, because they are not on the local disk.
 * Which ones those are is said anew from time to time; who reads leaves out those that are here,
 * that blocks here were made of, or that were removed for good since. Safe for use by several
 * threads.
 */
final class RemoteBlocks implements Closeable {
  /** Who waits asks so often whether it should. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** So much of its time is left for who waited in vain to say so. */
  private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** So far the clock may be wrong by which a block says when it was made. */
  private static final long CLOCK_ERROR_MILLIS = TimeUnit.DAYS.toMillis(1);

  /** A block and its objects. */
  record Remote(BlockMeta meta, SortedMap<String, Long> files) {}

  /** What is there: the blocks that can be read, and the names of those whose meta cannot be. */
  private record There(Map<Ulid, Remote> readable, Set<Ulid> unreadable) {}

  private final BlockObjects objects;
  private final BlockCache cache;
  private final RemovedBlocks removed;
  private final OwedDeletions owedDeletions;

  private volatile There there = new There(Map.of(), Set.of());

  private volatile boolean known;

  /** Open once it was looked at, or that failed. */
  private final CountDownLatch firstLook = new CountDownLatch(1);

  private volatile String problem = "it was not looked at yet";

  /**
   * @param cache for blocks of others too, maybe
   */
  RemoteBlocks(
      BlockObjects objects, BlockCache cache, RemovedBlocks removed, OwedDeletions owedDeletions) {
    this.objects = objects;
    this.cache = cache;
    this.removed = removed;
    this.owedDeletions = owedDeletions;
  }

  /**
   * What is in the store now.
   *
   * @param unreadable the names of blocks of which it is not known what they have
   */
  void set(Collection<Remote> readable, Set<Ulid> unreadable) throws IOException {
    Map<Ulid, Remote> next = new HashMap<>();
    readable.forEach(remote -> next.put(remote.meta().ulid(), remote));
    there = new There(next, Set.copyOf(unreadable));
    known = true;
    firstLook.countDown();
    cache.retain(objects, new HashSet<>(next.keySet()));
  }

  /** It cannot be looked at what is in the store. */
  void setUnknown(String reason) {
    problem = reason;
    firstLook.countDown();
  }

  /**
   * Waits, right after a start, until it was looked what is in the store, or that failed; for as
   * long as the search has patience, and only where there may be older samples.
   *
   * @param completeSinceMillis from when on it does no harm not to know what there is
   * @throws UnreadableSamplesException where the thread is interrupted meanwhile
   */
  void awaitFirstLook(long completeSinceMillis, long fromMillis, SearchProgress progress) {
    if (firstLook.getCount() == 0 || fromMillis >= completeSinceMillis) {
      return;
    }
    try {
      // At the end of its patience the search hears why there is no answer, not that it took long.
      long left = progress.patienceNanos() - LAST_NANOS;
      while (left > 0 && !firstLook.await(Math.min(left, TURN_NANOS), TimeUnit.NANOSECONDS)) {
        left = progress.patienceNanos() - LAST_NANOS;
        if (left > 0) {
          progress.check();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown();
    }
  }

  private UnreadableSamplesException unknown() {
    return new UnreadableSamplesException(
        "older samples may be in the object store, which is not known yet: " + problem);
  }

  /** Whether it is known what there is. */
  boolean isKnown() {
    return known;
  }

  /** Whether it is known what there is, and each block can be read as far as one knows. */
  boolean isComplete() {
    return known && there.unreadable.isEmpty();
  }

  /** Whether what there is from a time on is known and can be read, without waiting for it. */
  boolean isComplete(List<Block> local, long completeSinceMillis, long fromMillis) {
    return (known || fromMillis >= completeSinceMillis)
        && unreadable(local, completeSinceMillis, fromMillis).isEmpty();
  }

  /**
   * The blocks that may have samples from a time on, and of which one does not know what they have.
   * When one was made says until when its samples are.
   *
   * @param local what is on the local disk
   * @param completeSinceMillis from when on it does no harm not to know what there is
   */
  List<Ulid> unreadable(List<Block> local, long completeSinceMillis, long fromMillis) {
    There now = there;
    if (now.unreadable.isEmpty() || fromMillis >= completeSinceMillis) {
      return List.of();
    }
    return now.unreadable.stream()
        .filter(ulid -> fromMillis < ulid.millis() + CLOCK_ERROR_MILLIS)
        .filter(ulid -> !removed.has(ulid) && local.stream().noneMatch(b -> has(b.meta(), ulid)))
        .sorted()
        .toList();
  }

  /** Whether a block is the one of that name, or was made of it. */
  static boolean has(BlockMeta meta, Ulid ulid) {
    return meta.ulid().equals(ulid)
        || meta.compaction().parents().stream().anyMatch(parent -> parent.ulid().equals(ulid));
  }

  InputStream read(Ulid ulid, String path) throws IOException {
    return objects.read(ulid, path);
  }

  /** Whether there may be any: there are some, or it is not known yet. */
  boolean mayHaveAny() {
    There now = there;
    return !known || !now.readable.isEmpty() || !now.unreadable.isEmpty();
  }

  /** What those say of themselves that have such a name. */
  List<BlockMeta> metas(Collection<Ulid> ulids) {
    return there.readable.values().stream()
        .map(Remote::meta)
        .filter(meta -> ulids.contains(meta.ulid()))
        .toList();
  }

  Set<Ulid> ulids() {
    return there.readable.keySet();
  }

  /**
   * Those that may have samples between two times and that are not on the local disk in any form.
   *
   * @param local what is on the local disk
   * @param completeSinceMillis from when on it does no harm not to know what there is
   * @throws UnreadableSamplesException where it is not known yet what there is, or of a block what
   *     it has, and there may be something
   */
  List<Remote> overlapping(
      List<Block> local, long completeSinceMillis, long fromMillis, long toMillis) {
    List<Ulid> unreadable = unreadable(local, completeSinceMillis, fromMillis);
    if (!unreadable.isEmpty()) {
      throw new UnreadableSamplesException(
          "samples may be missing: the meta.json of block "
              + unreadable.getFirst()
              + " in the object store cannot be read, so that nobody knows of which time it is");
    }
    return readable(local, completeSinceMillis, fromMillis, toMillis);
  }

  /**
   * The same without those of which it is not known what they have.
   *
   * @throws UnreadableSamplesException where it is not known yet what there is, and there may be
   *     something
   */
  List<Remote> readable(
      List<Block> local, long completeSinceMillis, long fromMillis, long toMillis) {
    if (!known && fromMillis < completeSinceMillis) {
      throw unknown();
    }
    List<Remote> found = new ArrayList<>();
    for (Remote remote : there.readable.values()) {
      if (remote.meta().overlaps(fromMillis, toMillis) && isNotIn(local, remote.meta())) {
        found.add(remote);
      }
    }
    found.sort((a, b) -> {
      int c = Long.compare(a.meta().minMillis(), b.meta().minMillis());
      return c != 0 ? c : a.meta().ulid().compareTo(b.meta().ulid());
    });
    return found;
  }

  /**
   * Whether a block is in the store and not on the local disk in any form, and was not removed for
   * good.
   *
   * @param local what is on the local disk
   */
  boolean hasAlone(List<Block> local, BlockMeta meta) {
    return there.readable.containsKey(meta.ulid()) && isNotIn(local, meta);
  }

  private boolean isNotIn(List<Block> local, BlockMeta meta) {
    return !isIn(local, meta) && !removed.has(meta);
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
   * @throws UnreadableSamplesException where it cannot be read, or may not be before something is
   *     deleted of it
   */
  Block acquire(Remote remote) {
    owedDeletions.check(remote.meta());
    return open(remote);
  }

  /** The same where it is not for who asks for samples. */
  Block open(Remote remote) {
    try {
      return cache.acquire(objects, remote.meta(), remote.files());
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
