package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.StoredObject;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there is to do, once, so that a folder of an object store has the blocks that it should, and
 * the local disk no more than those. One thread at a time works; any may ask for figures.
 */
final class ObjectPass {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectPass.class);

  /** What there is of a block that nobody goes on with is removed after that, as Thanos does. */
  private static final long PARTIAL_KEPT_MILLIS = TimeUnit.DAYS.toMillis(2);

  private final Blocks blocks;
  private final Function<List<BlockMeta>, Set<Ulid>> waitingOf;
  private final BlockObjects objects;
  private final RemoteBlocks remote;
  private final RemovedBlocks removed;
  private final MetaCopies copies;
  private final FarUntil farUntil;
  private final ObjectSettings settings;
  private final CurrentRetention retention;
  private final InstantSource clock;
  private final BooleanSupplier isClosed;

  /** Blocks that were looked through, and at which time of retention nothing of them was over. */
  private final Map<Ulid, Long> lookedThrough = new HashMap<>();

  /** The block that was brought here because of series that are over, until it is written anew. */
  private final Set<Ulid> recalled = new HashSet<>();

  /** By which both of these are. */
  private Retention recalledFor = Retention.EVERYTHING;

  private volatile int blocksThere;
  private volatile int waiting;
  private volatile int unreadable;
  private final AtomicLong uploaded = new AtomicLong();

  /**
   * Lets {@code blocks} be read from the store too; before anybody reads them.
   *
   * @param waitingOf which of all blocks that are here something is to be made of yet
   * @param cache for files of blocks that are in the store only
   * @param retention of blocks in the store
   * @param isClosed asked between blocks: whether to end
   */
  ObjectPass(
      Blocks blocks,
      Function<List<BlockMeta>, Set<Ulid>> waitingOf,
      BlockObjects objects,
      BlockCache cache,
      ObjectSettings settings,
      CurrentRetention retention,
      InstantSource clock,
      BooleanSupplier isClosed)
      throws IOException {
    this.blocks = blocks;
    this.waitingOf = waitingOf;
    this.objects = objects;
    this.removed = new RemovedBlocks(blocks.files());
    this.copies = new MetaCopies(blocks.files());
    this.remote = new RemoteBlocks(objects, cache, removed, blocks.owedDeletions());
    this.settings = settings;
    this.retention = retention;
    this.clock = clock;
    this.isClosed = isClosed;
    this.farUntil = new FarUntil(blocks.files(), objects.store().describe());
    blocks.attach(remote, removed, farUntil);
  }

  /**
   * Does it. What it decides, it decides anew each time by what is there.
   *
   * @param there the objects of the folder
   * @throws IOException where the store, or the disk, does not let it
   */
  void run(List<StoredObject> there) throws IOException {
    ObjectListing listing = look(there);
    mend(listing);
    upload(listing);
    removeWhatIsOver(listing);
    show(listing);
    dropLocalCopies(listing); // first, as it makes room
    recallWhatIsDeleted();
    recallWhatIsPartlyOver(listing);
    copies.keep(listing);
    blocks.owedDeletions().forgetBut(listing);
    if (unreadable == 0) {
      farUntil.learn(this::newestFarMillis);
    }
  }

  /**
   * Looks what is in the store, and changes nothing.
   *
   * @param there the objects of the folder
   */
  ObjectListing look(List<StoredObject> there) throws IOException {
    ObjectListing listing = objects.list(there, copies, line -> LOG.error("{}", line));
    show(listing);
    return listing;
  }

  /** The blocks that are in the store and not here, as far as one knows. */
  List<Ulid> far() {
    return farBlocks().stream().map(each -> each.meta().ulid()).toList();
  }

  /** When the last of those ends. */
  private long newestFarMillis() {
    return farBlocks().stream()
        .mapToLong(each -> each.meta().maxMillis())
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private List<RemoteBlocks.Remote> farBlocks() {
    BlockSnapshot snapshot = blocks.hold();
    try {
      return remote.overlapping(snapshot.blocks(), Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);
    } finally {
      snapshot.release();
    }
  }

  /** Whether it was looked what is in the store; then queries need not wait for it. */
  boolean isKnown() {
    return remote.isKnown();
  }

  /** It cannot be looked at what is in the store. */
  void setUnknown(String reason) {
    remote.setUnknown(reason);
  }

  int blocksThere() {
    return blocksThere;
  }

  /** How many blocks are here and not there. */
  int waiting() {
    return waiting;
  }

  /** How many blocks are there whose {@code meta.json} cannot be read. */
  int unreadable() {
    return unreadable;
  }

  long uploaded() {
    return uploaded.get();
  }

  long uploadedBytes() {
    return objects.uploadedBytes();
  }

  long fetchedBytes() {
    return objects.fetchedBytes();
  }

  private void show(ObjectListing listing) throws IOException {
    List<BlockMeta> whole = listing.whole();
    List<RemoteBlocks.Remote> visible = new ArrayList<>();
    for (BlockMeta meta : whole) {
      if (!removed.has(meta) && whole.stream().noneMatch(meta::isReplacedBy)) {
        visible.add(new RemoteBlocks.Remote(meta, listing.files(meta.ulid())));
      }
    }
    Set<Ulid> hidden = new HashSet<>(listing.unreadable());
    hidden.removeIf(ulid -> isGone(ulid, whole));
    if (!hidden.isEmpty()) {
      blocks.owedDeletions().setNeeded();
    }
    remote.set(visible, hidden);
    blocksThere = whole.size();
    unreadable = listing.unreadable().size();
    waiting = left(listing);
  }

  /** Whether a block, of which one need not know more, was removed, or made into one of these. */
  private boolean isGone(Ulid ulid, List<BlockMeta> whole) {
    return removed.has(ulid) || whole.stream().anyMatch(meta -> RemoteBlocks.has(meta, ulid));
  }

  /** How many blocks are here and not there. */
  private int left(ObjectListing listing) {
    int left = 0;
    for (Ulid ulid : blocks.ulids()) {
      left += listing.isWhole(ulid) ? 0 : 1;
    }
    return left;
  }

  private void mend(ObjectListing listing) throws IOException {
    for (BlockMeta meta : listing.toMend()) {
      objects.mend(meta, listing);
      LOG.info("the meta.json of block {} is put again", meta.ulid());
    }
  }

  private void upload(ObjectListing listing) throws IOException {
    BlockSnapshot snapshot = blocks.holdAside();
    try {
      for (Block block : snapshot.blocks()) {
        Ulid ulid = block.meta().ulid();
        if (isClosed.getAsBoolean()) {
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
        } catch (DamagedBlockException e) {
          blocks.setAside(block, e);
          continue;
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
      boolean isOver =
          listing.isPartial(ulid)
              ? removed.has(ulid) || ulid.millis() < now - PARTIAL_KEPT_MILLIS
              : !listing.isWhole(ulid) && isGone(ulid, listing.whole());
      if (isOver && !here.contains(ulid)) {
        objects.delete(ulid, listing);
      }
    }
    if (unreadable == 0) { // one that cannot be read may be what a removed one was made of
      removed.forgetBut(listing);
    }
  }

  /** Of what is not hidden by local blocks any more the same is deleted here that was of those. */
  private void recallWhatIsDeleted() throws IOException {
    OwedDeletions deletions = blocks.owedDeletions();
    for (RemoteBlocks.Remote each : farBlocks()) {
      if (!deletions.isUnknown() && deletions.has(each.meta())) {
        try {
          List<OwedDeletion> owed = deletions.of(each.meta());
          if (hasSomethingOf(owed, each)) {
            blocks.recall(each);
          } else {
            deletions.settle(each.meta().ulid(), owed);
          }
        } catch (IOException | UnreadableSamplesException e) { // it is not read meanwhile
          LOG.warn(
              "block {} cannot be brought back, and is not read: {}",
              each.meta().ulid(),
              e.getMessage());
        }
      }
    }
  }

  private boolean hasSomethingOf(List<OwedDeletion> owed, RemoteBlocks.Remote far) {
    Block block = remote.open(far);
    try {
      return owed.stream().anyMatch(each -> block.hasSomethingOf(each.deletion()));
    } finally {
      block.release();
    }
  }

  /**
   * A block of which some series are over comes here, where it is written anew without them: one,
   * and the next when that is done, so that there need not be room for all.
   */
  private void recallWhatIsPartlyOver(ObjectListing listing) throws IOException {
    Retention current = retention.get();
    if (!current.equals(recalledFor)) { // something else is over
      recalledFor = current;
      recalled.clear();
      lookedThrough.clear();
    }
    recalled.retainAll(new HashSet<>(blocks.ulids()));
    lookedThrough.keySet().retainAll(new HashSet<>(listing.all()));
    if (recalled.isEmpty()) {
      recallOne(current);
    }
  }

  private void recallOne(Retention current) throws IOException {
    long now = clock.millis();
    for (RemoteBlocks.Remote each : farBlocks()) {
      long over = Long.MIN_VALUE;
      for (long time : current.times()) {
        over = Retention.isOver(time, each.meta().maxMillis(), now) ? time : over;
      }
      Ulid ulid = each.meta().ulid();
      if (over == Long.MIN_VALUE
          || lookedThrough.getOrDefault(ulid, Long.MIN_VALUE) >= over
          || blocks.owedDeletions().has(each.meta())) {
        continue;
      }
      try {
        if (hasSeriesThatAreOver(each, current, now)) {
          recalled.add(ulid);
          blocks.recall(each);
          return;
        }
        lookedThrough.put(ulid, over);
      } catch (UnreadableSamplesException e) { // the others' turn
        LOG.error("{}; series of it that are over stay", e.getMessage());
      }
    }
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

  /**
   * Those of which something is to be made yet go for want of room only, and last: it is made of
   * local copies only.
   */
  private void dropLocalCopies(ObjectListing listing) throws IOException {
    long now = clock.millis();
    BlockSnapshot snapshot = blocks.holdAside();
    try {
      long bytes = snapshot.blocks().stream().mapToLong(Block::byteSize).sum();
      Set<Ulid> waits = waitingOf.apply(snapshot.blocks().stream().map(Block::meta).toList());
      List<Block> oldestFirst = new ArrayList<>(snapshot.blocks());
      oldestFirst.sort(Comparator.comparing(block -> waits.contains(block.meta().ulid())));
      for (Block block : oldestFirst) {
        Ulid ulid = block.meta().ulid();
        boolean isOver =
            !waits.contains(ulid)
                && Retention.isOver(settings.localMillis(), block.meta().maxMillis(), now);
        boolean mayGo = isOver || bytes > settings.localBytes();
        if (mayGo
            && listing.isWhole(ulid)
            && !recalled.contains(ulid)
            && remote.ulids().contains(ulid)
            && objects.holds(ulid, blocks.files(), listing)
            && blocks.dropLocal(ulid)) {
          bytes -= block.byteSize();
          if (waits.contains(ulid)) {
            LOG.warn(
                "block {} is in the object store only from now on, and will not be downsampled:"
                    + " storage.local.size leaves too little room for that",
                ulid);
          } else {
            LOG.info("block {} is in the object store only from now on", ulid);
          }
        }
      }
    } finally {
      snapshot.release();
    }
  }
}
