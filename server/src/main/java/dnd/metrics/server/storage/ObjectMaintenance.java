package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.head.Upkeep;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an object store as it should be, on a thread of its own: puts blocks that are not there,
 * removes those that are over or that others were made of, and removes local copies of those that
 * are there and need not be here. What it decides, it decides anew each time by what is there, so
 * that it may be broken off anywhere. While the store is away everything local goes on, and nothing
 * is removed here.
 */
public final class ObjectMaintenance implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectMaintenance.class);

  /** What there is of a block that nobody goes on with is removed after that, as Thanos does. */
  private static final long PARTIAL_KEPT_MILLIS = TimeUnit.DAYS.toMillis(2);

  private final Blocks blocks;
  private final BlockObjects objects;
  private final RemoteBlocks remote;
  private final RemovedBlocks removed;
  private final ObjectSettings settings;
  private final CurrentRetention retention;
  private final InstantSource clock;
  private final Upkeep upkeep =
      new Upkeep("objects", TimeUnit.SECONDS.toNanos(15), TimeUnit.MINUTES.toNanos(2));

  /** Blocks that were looked through, and at which time of retention nothing of them was over. */
  private final Map<Ulid, Long> lookedThrough = new HashMap<>();

  /** Blocks that were brought here because of series that are over. */
  private final Set<Ulid> recalled = new HashSet<>();

  private volatile @Nullable Thread firstLook;
  private volatile @Nullable String problem = "it was not looked at yet";
  private volatile OptionalLong awaySince = OptionalLong.empty();
  private volatile int blocksThere;
  private volatile int waiting;
  private final AtomicLong uploaded = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  private ObjectMaintenance(
      Blocks blocks,
      BlockObjects objects,
      RemoteBlocks remote,
      RemovedBlocks removed,
      ObjectSettings settings,
      CurrentRetention retention,
      InstantSource clock) {
    this.blocks = blocks;
    this.objects = objects;
    this.remote = remote;
    this.removed = removed;
    this.settings = settings;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Lets blocks be read from an object store too; before anybody reads them.
   *
   * @param cache where files of blocks in the store are kept while they are read; emptied
   * @param labels whose samples they are, for Thanos's tools
   */
  public static ObjectMaintenance open(
      Blocks blocks,
      ObjectStore store,
      BlockFiles cache,
      Map<String, String> labels,
      ObjectSettings settings,
      CurrentRetention retention,
      InstantSource clock)
      throws IOException {
    BlockObjects objects = new BlockObjects(store, labels);
    RemovedBlocks removed = new RemovedBlocks(blocks.files());
    RemoteBlocks remote =
        new RemoteBlocks(new BlockCache(objects, cache, settings.cacheBytes()), removed);
    blocks.attach(remote, removed);
    return new ObjectMaintenance(blocks, objects, remote, removed, settings, retention, clock);
  }

  /** Begins: looks at once, and again and again. */
  public void start() {
    firstLook =
        Thread.ofPlatform()
            .name("objects-first")
            .daemon()
            .start(() -> {
              try {
                run();
              } catch (IOException | RuntimeException e) {
                warn(e);
              }
              upkeep.start(this::run, ObjectMaintenance::warn);
            });
  }

  private static void warn(Exception e) {
    LOG.warn("the object store cannot be worked with, blocks wait here meanwhile", e);
  }

  /**
   * Does what there is to do.
   *
   * @throws IOException where the store, or the disk, does not let it
   */
  synchronized void run() throws IOException {
    try {
      ObjectListing listing = objects.list(line -> LOG.warn("{}; it is not read", line));
      show(listing);
      upload(listing);
      removeWhatIsOver(listing);
      show(listing);
      recallWhatIsPartlyOver(listing);
      dropLocalCopies(listing);
      problem = null;
      awaySince = OptionalLong.empty();
    } catch (IOException | UnreadableSamplesException e) {
      failures.incrementAndGet();
      problem = e.getMessage();
      remote.setUnknown(String.valueOf(e.getMessage()));
      if (awaySince.isEmpty()) {
        awaySince = OptionalLong.of(clock.millis());
      }
      throw e;
    }
  }

  private void show(ObjectListing listing) throws IOException {
    List<BlockMeta> whole = listing.whole();
    List<RemoteBlocks.Remote> visible = new ArrayList<>();
    for (BlockMeta meta : whole) {
      if (!removed.has(meta) && whole.stream().noneMatch(meta::isReplacedBy)) {
        visible.add(new RemoteBlocks.Remote(meta, listing.files(meta.ulid())));
      }
    }
    remote.set(visible);
    blocksThere = whole.size();
    waiting = left(listing);
  }

  /** How many blocks are here and not there. */
  private int left(ObjectListing listing) {
    int left = 0;
    for (Ulid ulid : blocks.ulids()) {
      left += listing.isWhole(ulid) ? 0 : 1;
    }
    return left;
  }

  private void upload(ObjectListing listing) throws IOException {
    BlockSnapshot snapshot = blocks.hold();
    try {
      for (Block block : snapshot.blocks()) {
        Ulid ulid = block.meta().ulid();
        if (upkeep.isClosed()) {
          return;
        }
        if (listing.isWhole(ulid) || block.meta().stats().tombstones() > 0) {
          continue; // of what is deleted the block is written anew first
        }
        try {
          objects.upload(block, blocks.files(), listing);
        } catch (IOException e) {
          if (blocks.ulids().contains(ulid)) {
            throw e;
          }
          continue; // others were made of it meanwhile
        }
        uploaded.incrementAndGet();
        waiting = left(listing);
        LOG.info("block {} is in the object store", ulid);
      }
    } finally {
      snapshot.release();
    }
  }

  private void removeWhatIsOver(ObjectListing listing) throws IOException {
    long now = clock.millis();
    Set<Ulid> here = new HashSet<>(blocks.ulids());
    List<BlockMeta> whole = listing.whole();
    for (BlockMeta meta : whole) {
      boolean isOver =
          removed.has(meta)
              || (!here.contains(meta.ulid())
                  && (whole.stream().anyMatch(meta::isReplacedBy)
                      || Retention.isOver(retention.get().longestMillis(), meta.maxMillis(), now)));
      if (isOver) {
        objects.delete(meta.ulid(), listing);
        LOG.info("block {} is removed from the object store", meta.ulid());
      }
    }
    for (Ulid ulid : listing.all()) {
      if (!listing.isWhole(ulid)
          && !here.contains(ulid)
          && (removed.has(ulid) || ulid.millis() < now - PARTIAL_KEPT_MILLIS)) {
        objects.delete(ulid, listing);
      }
    }
    removed.forgetBut(listing);
  }

  /** A block of which some series are over comes here, where it is written anew without them. */
  private void recallWhatIsPartlyOver(ObjectListing listing) throws IOException {
    recalled.retainAll(new HashSet<>(blocks.ulids()));
    Retention current = retention.get();
    long now = clock.millis();
    BlockSnapshot snapshot = blocks.hold();
    try {
      for (RemoteBlocks.Remote each :
          remote.overlapping(snapshot.blocks(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        long over = Long.MIN_VALUE;
        for (long time : current.times()) {
          over = Retention.isOver(time, each.meta().maxMillis(), now) ? time : over;
        }
        Ulid ulid = each.meta().ulid();
        if (over == Long.MIN_VALUE || lookedThrough.getOrDefault(ulid, Long.MIN_VALUE) >= over) {
          continue;
        }
        if (hasSeriesThatAreOver(each, current, now)) {
          recalled.add(ulid);
          blocks.recall(each);
        } else {
          lookedThrough.put(ulid, over);
        }
      }
    } finally {
      snapshot.release();
    }
    lookedThrough.keySet().retainAll(new HashSet<>(listing.all()));
  }

  private boolean hasSeriesThatAreOver(RemoteBlocks.Remote far, Retention current, long now) {
    Block block = remote.acquire(far);
    try {
      for (Series series : block.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        if (current.isOver(series.labels(), far.meta().maxMillis(), now)) {
          return true;
        }
      }
      return false;
    } finally {
      block.release();
    }
  }

  private void dropLocalCopies(ObjectListing listing) throws IOException {
    long now = clock.millis();
    BlockSnapshot snapshot = blocks.hold();
    try {
      long bytes = snapshot.blocks().stream().mapToLong(Block::byteSize).sum();
      for (Block block : snapshot.blocks()) {
        Ulid ulid = block.meta().ulid();
        boolean mayGo =
            Retention.isOver(settings.localMillis(), block.meta().maxMillis(), now)
                || bytes > settings.localBytes();
        if (mayGo
            && listing.isWhole(ulid)
            && !recalled.contains(ulid)
            && remote.ulids().contains(ulid)
            && objects.holds(ulid, blocks.files(), listing)
            && blocks.dropLocal(ulid)) {
          bytes -= block.byteSize();
          LOG.info("block {} is in the object store only from now on", ulid);
        }
      }
    } finally {
      snapshot.release();
    }
  }

  /** How the store does. */
  public ObjectsStatus status() {
    return new ObjectsStatus(
        objects.store().describe(),
        problem,
        awaySince,
        blocksThere,
        waiting,
        uploaded.get(),
        objects.uploadedBytes(),
        remote.cache().usedBytes(),
        failures.get());
  }

  /** Waits for the object that is being put; the rest is done another time. */
  @Override
  public void close() throws IOException {
    Thread first = firstLook;
    upkeep.close();
    if (first != null) {
      try {
        first.join(TimeUnit.SECONDS.toMillis(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    objects.store().close();
  }
}
