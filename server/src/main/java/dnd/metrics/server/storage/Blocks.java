package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockReference;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.PreparedBlock;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalFailures;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of a data folder. Which ones are read is a {@link BlockSnapshot}, replaced as a whole.
 * Safe for use by several threads; {@code contentLock} keeps deletions and new blocks apart; {@code
 * changeLock} guards the snapshot.
 *
 * <p>A block that turns out to be damaged is set aside: its folder is renamed to {@code
 * <ulid>.damaged}, for whoever wants to look at it, and the others are served.
 */
public final class Blocks implements Closeable {
  /** What the folder of a block that is set aside is called. */
  static final String DAMAGED_SUFFIX = ".damaged";

  /** Stays empty: promtool dumps no folder that has none. */
  private static final String LOG_FOLDER = "wal";

  private static final String DELETED_SUFFIX = ".tmp-for-deletion";
  private static final Logger LOG = LoggerFactory.getLogger(Blocks.class);

  private final BlockFiles files;

  /**
   * Held while samples are deleted, and while a block comes in sight that may hold them: before all
   * other locks but those of the head's and the blocks' upkeep, and {@code recallLock}, and across
   * I/O of the local disk.
   */
  private final ReentrantLock contentLock = new ReentrantLock();

  /**
   * Held while a block is brought here, one at a time, also while its files come from the object
   * store: before {@code contentLock}, so that nobody waits for the store who has that.
   */
  private final ReentrantLock recallLock = new ReentrantLock();

  private final Object changeLock = new Object();

  /** What is in the object store; null without one. Set once, before anybody reads. */
  private @Nullable RemoteBlocks remote;

  private @Nullable RemovedBlocks removedForGood;
  private @Nullable FarUntil farUntil;
  private final AtomicLong deletions = new AtomicLong();

  /**
   * Blocks that are replaced and whose folders still have their names. Guards itself, and {@link
   * #nameless}.
   */
  private final Deque<Block> obsolete = new ArrayDeque<>();

  private final List<Nameless> nameless = new ArrayList<>();

  /**
   * A folder that is to be removed, and the replaced block that is in it, when nobody reads that.
   *
   * @param block null where it is what a start found, and could not remove
   */
  private record Nameless(@Nullable Block block, String folder) {
    boolean isUnread() {
      return block == null || block.isClosed();
    }
  }

  private final OwedDeletions owedDeletions;
  private volatile BlockSnapshot current;
  private volatile int setAside;

  private Blocks(BlockFiles files, List<Block> opened, int setAside, OwedDeletions owedDeletions) {
    this.files = files;
    this.owedDeletions = owedDeletions;
    this.current = snapshot(opened, CompletableFuture.completedFuture(null));
    this.setAside = setAside;
  }

  private static BlockSnapshot snapshot(List<Block> blocks, CompletableFuture<Void> before) {
    List<Block> sorted = new ArrayList<>(blocks);
    sorted.sort(
        Comparator.comparingLong((Block block) -> block.meta().minMillis())
            .thenComparing(block -> block.meta().ulid()));
    return new BlockSnapshot(sorted, before);
  }

  /**
   * Opens the blocks of a folder. What a crash left is removed, and so are blocks that others were
   * made of; what cannot be is tried again by {@link #removeUnread}.
   *
   * @param report is told of each block that cannot be read, and of what cannot be removed; the
   *     others are served
   */
  public static Blocks open(BlockFiles files, Consumer<String> report) throws IOException {
    List<String> leftovers = new BlockWriter(files).removeLeftovers(report);
    if (!files.list("").contains(LOG_FOLDER)) {
      files.createFolder(LOG_FOLDER);
    }
    OwedDeletions owed = new OwedDeletions(files, report);
    List<Block> opened = new ArrayList<>();
    int damaged = 0;
    for (String name : files.list("")) {
      if (name.endsWith(DAMAGED_SUFFIX)) {
        damaged++;
      } else if (Ulid.isUlid(name)) {
        try {
          opened.add(Block.open(files, Ulid.parse(name)));
        } catch (DamagedBlockException e) {
          setAside(files, name, e, report);
          damaged++;
        }
      }
    }
    Set<Ulid> replaced = new HashSet<>();
    for (Block block : opened) {
      for (BlockReference parent : block.meta().compaction().parents()) {
        replaced.add(parent.ulid());
      }
    }
    List<Block> kept = new ArrayList<>();
    List<Block> obsolete = new ArrayList<>();
    for (Block block : opened) {
      if (replaced.contains(block.meta().ulid())) {
        obsolete.add(block);
        continue;
      }
      try { // it may have come back, and the process ended before that was deleted of it
        owed.deleteOf(block);
        kept.add(block);
      } catch (DamagedBlockException e) {
        setAside(files, block.meta().ulid().toString(), e, report);
        damaged++;
      } catch (IOException e) {
        report.accept("block " + block.meta().ulid() + " is not read before the next start: " + e);
      }
    }
    if (damaged > 0) {
      owed.setNeeded();
    }
    Blocks blocks = new Blocks(files, kept, damaged, owed);
    opened.forEach(Block::release); // the snapshot holds those it has
    blocks.obsolete.addAll(obsolete);
    try {
      blocks.removeUnread(DiskPace.UNPACED, () -> false);
    } catch (IOException e) {
      report.accept("a block that was replaced cannot be removed, it takes room meanwhile: " + e);
    }
    leftovers.forEach(folder -> blocks.nameless.add(new Nameless(null, folder))); // for next time
    return blocks;
  }

  private static void setAside(
      BlockFiles files, String name, DamagedBlockException problem, Consumer<String> report)
      throws IOException {
    report.accept(problem.getMessage() + "; block " + name + " is set aside");
    FarUntil.remove(files); // it may be in the object store
    files.rename(name, freeName(files, name, DAMAGED_SUFFIX));
    files.forceFolder("");
  }

  /** Reads also what is in an object store; before anybody reads. */
  void attach(RemoteBlocks inStore, RemovedBlocks removed, FarUntil until) {
    remote = inStore;
    removedForGood = removed;
    farUntil = until;
  }

  @Nullable RemoteBlocks remote() {
    return remote;
  }

  OwedDeletions owedDeletions() {
    return owedDeletions;
  }

  BlockFiles files() {
    return files;
  }

  /** From when on nothing is missed while it is not known what is in the object store. */
  long completeSinceMillis(BlockSnapshot snapshot) {
    return Math.max(snapshot.oldestMillis(), farUntilMillis());
  }

  /** Until when there may be blocks in the object store only. */
  long farUntilMillis() {
    FarUntil until = farUntil;
    return until == null ? Long.MIN_VALUE : until.millis();
  }

  /** What is read now, held for the caller, who releases it. */
  BlockSnapshot hold() {
    while (true) {
      BlockSnapshot snapshot = current;
      if (snapshot.hold()) {
        return snapshot;
      }
    }
  }

  /**
   * The same for work that may take long and does not read the head: {@link #awaitEarlierQueries}
   * does not wait for that.
   */
  BlockSnapshot holdAside() {
    BlockSnapshot snapshot = hold();
    try {
      return new BlockSnapshot(snapshot.blocks(), CompletableFuture.completedFuture(null));
    } finally {
      snapshot.release();
    }
  }

  /**
   * Lets a block that was written be read from now on.
   *
   * @throws DamagedBlockException where it cannot be; nothing is changed then
   */
  public void add(Ulid ulid) throws IOException {
    replace(List.of(), List.of(ulid));
  }

  /** What is done to a block before anybody reads it here. */
  @FunctionalInterface
  private interface Change {
    void make(Block block) throws IOException;
  }

  /** Where samples are deleted before they are in blocks. */
  @FunctionalInterface
  interface Deletable {
    void delete(Deletion deletion) throws IOException;
  }

  /** How many deletions have begun. */
  long deletions() {
    return deletions.get();
  }

  /**
   * Deletes samples from the head and from all blocks. They are not read any more when this
   * returns, and would not come back after a power cut.
   *
   * @throws IOException where that failed: a part may be deleted then, and it may be done again
   */
  void delete(Deletion deletion, Deletable head) throws IOException {
    Set<Ulid> without = new HashSet<>();
    boolean done = false;
    while (!done) {
      deleteFar(deletion, without);
      contentLock.lock();
      try { // all that was to be brought here is, if nothing has gone from here since
        done =
            far(deletion, without).isEmpty()
                && deleteHere(deletion, head)
                && far(deletion, without).isEmpty(); // none was set aside meanwhile
      } finally {
        contentLock.unlock();
      }
    }
  }

  /** Returns false where a block was set aside: it may be in the object store too. */
  private boolean deleteHere(Deletion deletion, Deletable head) throws IOException {
    boolean all = true;
    deletions.incrementAndGet();
    head.delete(deletion);
    BlockSnapshot snapshot = hold();
    try {
      for (Block block : snapshot.blocks()) {
        try {
          block.delete(deletion);
        } catch (DamagedBlockException e) {
          setAside(block, e);
          all = false;
        }
      }
      owe(deletion, snapshot);
    } finally {
      snapshot.release();
    }
    return all;
  }

  /** What the object store has of it still is not to be read before the same is deleted of that. */
  private void owe(Deletion deletion, BlockSnapshot here) throws IOException {
    RemoteBlocks store = remote;
    if (store == null) {
      return;
    }
    List<BlockMeta> hit = new ArrayList<>();
    for (Block block : here.overlapping(deletion.fromMillis(), deletion.toMillis())) {
      if (block.meta().stats().tombstones() > 0) {
        hit.add(block.meta());
      }
    }
    List<Ulid> unreadable = unreadable(deletion, here);
    if (!hit.isEmpty() || !unreadable.isEmpty()) {
      owedDeletions.add(new OwedDeletion(deletion, hit, Set.copyOf(unreadable), Set.of()));
    }
  }

  /** Blocks of the object store that may have something of a deletion, and cannot be read now. */
  List<Ulid> unreadable(Deletion deletion) {
    BlockSnapshot snapshot = hold();
    try {
      return unreadable(deletion, snapshot);
    } finally {
      snapshot.release();
    }
  }

  private List<Ulid> unreadable(Deletion deletion, BlockSnapshot here) {
    RemoteBlocks store = remote;
    return store == null
        ? List.of()
        : store.unreadable(here.blocks(), completeSinceMillis(here), deletion.fromMillis());
  }

  /**
   * What is in the object store only is brought here, one block after the other, to be written anew
   * without it.
   *
   * @param without takes the names of those that have nothing of it
   */
  private void deleteFar(Deletion deletion, Set<Ulid> without) throws IOException {
    for (RemoteBlocks.Remote each : far(deletion, without)) {
      try {
        if (owedDeletions.has(each.meta()) || hasSomethingOf(deletion, each)) {
          recall(each, block -> block.delete(deletion));
        } else {
          without.add(each.meta().ulid());
        }
      } catch (IOException | UnreadableSamplesException e) {
        if (isFar(each)) { // or else it went from the store because it was brought here
          throw new IOException(e.getMessage(), e);
        }
      }
    }
  }

  /** What is in the object store only and may have something of a deletion, but for some. */
  private List<RemoteBlocks.Remote> far(Deletion deletion, Set<Ulid> without) throws IOException {
    RemoteBlocks store = remote;
    if (store == null) {
      return List.of();
    }
    BlockSnapshot now = current;
    try {
      return store
          .readable(
              now.blocks(), completeSinceMillis(now), deletion.fromMillis(), deletion.toMillis())
          .stream()
          .filter(each -> !without.contains(each.meta().ulid()))
          .toList();
    } catch (UnreadableSamplesException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private boolean hasSomethingOf(Deletion deletion, RemoteBlocks.Remote far) {
    Block block = Objects.requireNonNull(remote).acquire(far);
    try {
      return block.hasSomethingOf(deletion);
    } finally {
      block.release();
    }
  }

  private boolean isFar(RemoteBlocks.Remote each) {
    return remote != null && remote.hasAlone(current.blocks(), each.meta());
  }

  /**
   * Brings a block here that is in the object store only; where it is not any more, since it came
   * here, or was replaced or removed meanwhile, nothing is done.
   */
  void recall(RemoteBlocks.Remote far) throws IOException {
    recall(far, block -> {});
  }

  private void recall(RemoteBlocks.Remote far, Change before) throws IOException {
    recallLock.lock();
    try {
      RemoteBlocks store = remote;
      if (store == null || !isFar(far)) {
        return;
      }
      owedDeletions.checkKnown(far.meta().ulid());
      PreparedBlock prepared =
          new BlockWriter(files)
              .copy(
                  far.meta(),
                  far.files().keySet().stream()
                      .filter(path -> !path.equals(BlockObjects.META))
                      .toList(),
                  path -> store.read(far.meta().ulid(), path));
      Change deleted =
          block -> {
            owedDeletions.deleteOf(block);
            before.make(block);
          };
      replace(List.of(), Optional.of(prepared), () -> isFar(far), deleted);
    } finally {
      recallLock.unlock();
    }
  }

  /**
   * Removes the local copy of a block that is in the object store.
   *
   * @return false where it is not here any more, or something of it is deleted: it stays then
   */
  boolean dropLocal(Ulid ulid) throws IOException {
    contentLock.lock();
    try {
      for (Block block : current.blocks()) {
        if (block.meta().ulid().equals(ulid) && block.meta().stats().tombstones() == 0) {
          if (farUntil != null) {
            farUntil.raise(block.meta().maxMillis());
          }
          replace(List.of(ulid), List.of());
          return true;
        }
      }
      return false;
    } finally {
      contentLock.unlock();
    }
  }

  /** Removes blocks for good, wherever they are. */
  void removeForGood(List<Ulid> ulids) throws IOException {
    contentLock.lock();
    try {
      RemovedBlocks removed = removedForGood;
      RemoteBlocks store = remote;
      if (removed != null && store != null) {
        Map<Ulid, BlockMeta> metas = new TreeMap<>();
        store.metas(ulids).forEach(meta -> metas.put(meta.ulid(), meta));
        current.blocks().stream()
            .map(Block::meta)
            .filter(meta -> ulids.contains(meta.ulid()))
            .forEach(meta -> metas.put(meta.ulid(), meta));
        removed.add(metas.values());
      }
      replace(ulids, List.of());
    } finally {
      contentLock.unlock();
    }
  }

  /**
   * Reads a block that is prepared instead of some others from now on, and removes those others;
   * the samples of the others, or of the head, that are in it must not have been deleted since.
   *
   * @param prepared empty where nothing is left of the others
   * @param isStillTrue asked while nothing can be deleted: whether nothing was
   * @return false where something was: nothing is changed then
   */
  boolean replace(List<Ulid> removed, Optional<PreparedBlock> prepared, BooleanSupplier isStillTrue)
      throws IOException {
    return replace(removed, prepared, isStillTrue, block -> {});
  }

  private boolean replace(
      List<Ulid> removed,
      Optional<PreparedBlock> prepared,
      BooleanSupplier isStillTrue,
      Change before)
      throws IOException {
    contentLock.lock();
    try {
      if (!isStillTrue.getAsBoolean()) {
        if (prepared.isPresent()) {
          prepared.get().discard();
        }
        return false;
      }
      if (prepared.isEmpty()) {
        removeForGood(removed);
        return true;
      }
      prepared.get().publish();
      List<Ulid> added = prepared.map(block -> block.meta().ulid()).stream().toList();
      try {
        replace(removed, added, before);
      } catch (IOException | RuntimeException e) {
        if (!ulids().containsAll(added)) { // what is deleted later would stay in it
          prepared.ifPresent(block -> block.withdraw(e));
        }
        throw e;
      }
      return true;
    } finally {
      contentLock.unlock();
    }
  }

  /**
   * Reads some blocks instead of others from now on, in one step. Those others are gone, also after
   * a power cut; {@link #removeUnread} gives their room back.
   *
   * @throws DamagedBlockException where one of the new ones cannot be read; nothing is changed then
   */
  void replace(List<Ulid> removed, List<Ulid> added) throws IOException {
    replace(removed, added, block -> {});
  }

  private void replace(List<Ulid> removed, List<Ulid> added, Change before) throws IOException {
    contentLock.lock();
    try {
      // Before those that name them as their parents can go in turn.
      Set<Ulid> parents = new HashSet<>();
      for (Block block : current.blocks()) {
        if (removed.contains(block.meta().ulid())) {
          block.meta().compaction().parents().forEach(parent -> parents.add(parent.ulid()));
        }
      }
      renameObsolete(block -> parents.contains(block.meta().ulid()));
      List<Block> fresh = new ArrayList<>();
      List<Block> gone;
      try {
        for (Ulid ulid : added) {
          Block block = Block.open(files, ulid);
          fresh.add(block);
          before.make(block);
        }
        gone = change(removed, fresh);
        synchronized (obsolete) {
          obsolete.addAll(gone);
        }
      } finally {
        fresh.forEach(Block::release);
      }
      renameObsolete(gone::contains);
    } finally {
      contentLock.unlock();
    }
  }

  /** Returns those that are not read any more by who begins now. */
  private List<Block> change(List<Ulid> removed, List<Block> added) {
    synchronized (changeLock) {
      BlockSnapshot before = current;
      List<Block> after = new ArrayList<>(added);
      List<Block> gone = new ArrayList<>();
      for (Block block : before.blocks()) {
        (removed.contains(block.meta().ulid()) ? gone : after).add(block);
      }
      current = snapshot(after, before.unused());
      before.release();
      return gone;
    }
  }

  /**
   * Takes their names from the folders of blocks that are replaced. A crash meanwhile is no harm:
   * the blocks in their place name them. Each is tried whatever becomes of the others.
   *
   * @param isNeeded of which it must be done for what is to be done next; another one only takes
   *     room, and is tried again by {@link #removeUnread}
   * @throws IOException where it could not be done of one that is needed
   */
  private void renameObsolete(Predicate<Block> isNeeded) throws IOException {
    RemovalFailures failures = new RemovalFailures();
    synchronized (obsolete) {
      for (Block block : List.copyOf(obsolete)) {
        try {
          rename(block);
          obsolete.remove(block);
        } catch (IOException e) {
          if (isNeeded.test(block)) {
            failures.add(e);
          }
        }
      }
    }
    failures.throwFirst();
  }

  /** Takes its name from the folder of a block that is replaced. */
  private void rename(Block block) throws IOException {
    String name = block.meta().ulid().toString();
    if (files.list("").contains(name)) {
      String deleted = freeName(files, name, DELETED_SUFFIX);
      files.rename(name, deleted);
      nameless.add(new Nameless(block, deleted));
    }
    files.forceFolder("");
  }

  /** With a number where it went before, and came back since. */
  private static String freeName(BlockFiles files, String name, String suffix) throws IOException {
    List<String> there = files.list("");
    String free = name + suffix;
    for (int n = 2; there.contains(free); n++) {
      free = name + "." + n + suffix;
    }
    return free;
  }

  /**
   * Removes the folders of replaced blocks that nobody reads any more, and what the start could not
   * remove; the others at a later call. For one thread at a time.
   *
   * @param isStopping asked before each step: whether to leave the rest for the next start
   * @throws IOException where one cannot be removed, after the others were; it is tried again at
   *     the next call
   */
  void removeUnread(DiskPace pace, BooleanSupplier isStopping) throws IOException {
    RemovalFailures failures = new RemovalFailures();
    try {
      renameObsolete(block -> true); // of which one could not be renamed before, if any
    } catch (IOException e) {
      failures.add(e);
    }
    List<Nameless> unread;
    synchronized (obsolete) {
      unread = nameless.stream().filter(Nameless::isUnread).toList();
    }
    for (Nameless each : unread) {
      try {
        if (!remove(each, pace, isStopping)) {
          break;
        }
      } catch (IOException e) {
        failures.add(e);
      }
    }
    failures.throwFirst();
  }

  private boolean remove(Nameless each, DiskPace pace, BooleanSupplier isStopping)
      throws IOException {
    if (each.block != null) {
      return removeFolder(each, pace, isStopping);
    }
    if (!recallLock.tryLock()) { // a block that is brought here may be written into that folder
      return true;
    }
    try {
      return removeFolder(each, pace, isStopping);
    } finally {
      recallLock.unlock();
    }
  }

  private boolean removeFolder(Nameless each, DiskPace pace, BooleanSupplier isStopping)
      throws IOException {
    if (!files.deleteInSteps(each.folder, pace, isStopping)) {
      return false;
    }
    synchronized (obsolete) {
      nameless.remove(each);
    }
    return true;
  }

  /** No longer reads a block that turned out to be damaged; the first to find out reports it. */
  void setAside(Block block, DamagedBlockException problem) {
    Ulid ulid = block.meta().ulid();
    synchronized (changeLock) {
      if (!current.blocks().contains(block)) { // or is a copy of it in the object store
        return;
      }
      owedDeletions.setNeeded(); // before one reads its copy in the object store
      change(List.of(ulid), List.of());
      setAside++;
    }
    LOG.error("{}; block {} is set aside, the others are served", problem.getMessage(), ulid);
    try {
      if (farUntil == null) { // it may be in an object store of earlier
        FarUntil.remove(files);
      } else {
        farUntil.forget();
      }
      String name = ulid.toString();
      files.rename(name, freeName(files, name, DAMAGED_SUFFIX));
      files.forceFolder("");
    } catch (IOException e) {
      LOG.error("cannot rename {}: {}", files.describe(ulid.toString()), e.getMessage());
    }
  }

  /**
   * Waits until no query runs any more that began before the last change; then what the change made
   * superfluous, as what the head has of a block, can go. This comes to an end, since whoever reads
   * the head and blocks has a deadline: queries, discovery, who counts what is to be deleted. It
   * may be later than that by what one read of an object store takes.
   */
  public void awaitEarlierQueries() {
    CompletableFuture<Void> earlier;
    synchronized (changeLock) {
      // The current one goes too, with the same blocks in its place.
      BlockSnapshot before = current;
      current = snapshot(before.blocks(), before.unused());
      before.release();
      earlier = before.unused();
    }
    earlier.join();
  }

  /** The names of the blocks that are read now, by their beginning. */
  public List<Ulid> ulids() {
    return current.blocks().stream().map(block -> block.meta().ulid()).toList();
  }

  /** How the blocks are. */
  public BlocksStatus status() {
    BlockSnapshot snapshot = hold();
    try {
      long bytes = 0;
      long samples = 0;
      long series = 0;
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      long tombstones = 0;
      for (Block block : snapshot.blocks()) {
        tombstones += block.meta().stats().tombstones();
        bytes += block.byteSize();
        samples += block.meta().stats().samples();
        series += block.meta().stats().series();
        min = Math.min(min, block.meta().minMillis());
        max = Math.max(max, block.meta().maxMillis());
      }
      return new BlocksStatus(
          snapshot.blocks().size(),
          bytes,
          samples,
          series,
          min,
          max,
          tombstones,
          deletions(),
          setAside);
    } finally {
      snapshot.release();
    }
  }

  /**
   * Reads no block any more; queries that run can go on. Folders that could not be removed yet are
   * removed at the next start.
   */
  @Override
  public void close() {
    if (remote != null) {
      remote.close();
    }
    change(current.blocks().stream().map(block -> block.meta().ulid()).toList(), List.of());
  }
}
