package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.FarBlockFiles;
import dnd.metrics.server.block.Ulid;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is read of blocks that are in an object store only, on the local disk: those pieces of their
 * indexes and chunks that somebody reads. Together they take no more than so many bytes: the pieces
 * that were not read for longest go. Emptied at the start. Safe for use by several threads.
 */
final class BlockCache implements FarBlockFiles, Closeable {
  private static final String META = BlockObjects.META;
  private static final String INDEX = BlockObjects.INDEX;

  /** An open block has a part of its tables in memory: more than so many stay open in use only. */
  private static final int MOST_OPEN = 64;

  /** A block. {@code lock} guards whether it is open. */
  private static final class Entry {
    final BlockObjects objects;
    final BlockMeta meta;
    final SortedMap<String, Long> sizes;
    final ReentrantLock lock = new ReentrantLock();

    volatile PieceChecksums indexChecksums = new PieceChecksums();

    /** Whether something of the index was not right: it is to be opened anew. */
    volatile boolean isSuspect;

    volatile @Nullable Block block;
    volatile long lastUse;

    Entry(BlockObjects objects, BlockMeta meta, SortedMap<String, Long> sizes) {
      this.objects = objects;
      this.meta = meta;
      this.sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
    }
  }

  private final BlockFiles disk;
  private final CachedPieces pieces;
  private final Map<Ulid, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong uses = new AtomicLong();

  BlockCache(BlockFiles disk, long mostBytes) throws IOException {
    this(disk, mostBytes, CachedPieces.MOST_PIECES);
  }

  BlockCache(BlockFiles disk, long mostBytes, int mostPieces) throws IOException {
    this.disk = disk;
    this.pieces = new CachedPieces(disk, mostBytes, mostPieces);
    for (String name : disk.list("")) {
      disk.delete(name);
    }
  }

  /**
   * A block, open and held for the caller, who releases it.
   *
   * @param objects where it is
   */
  Block acquire(BlockObjects objects, BlockMeta meta, SortedMap<String, Long> sizes)
      throws IOException {
    while (true) {
      Block block =
          acquire(entries.computeIfAbsent(meta.ulid(), ulid -> new Entry(objects, meta, sizes)));
      if (block != null) {
        return block;
      }
    }
  }

  /** Null where the entry was let go meanwhile. */
  private @Nullable Block acquire(Entry entry) throws IOException {
    entry.lock.lock();
    try {
      Ulid ulid = entry.meta.ulid();
      if (!entry.equals(entries.get(ulid))) {
        return null;
      }
      entry.lastUse = uses.incrementAndGet();
      if (entry.isSuspect) {
        letGo(entry);
      }
      Block block = entry.block;
      if (block == null) {
        letGoOfUnused(MOST_OPEN - 1);
        block = open(entry);
        entry.block = block;
      }
      if (!block.hold()) {
        throw new IllegalStateException("block " + ulid + " is closed");
      }
      return block;
    } finally {
      entry.lock.unlock();
    }
  }

  private Block open(Entry entry) throws IOException {
    String folder = entry.meta.ulid().toString();
    if (!disk.list("").contains(folder)) {
      disk.createFolder(folder);
    }
    try {
      return openOnce(entry);
    } catch (DamagedBlockException e) {
      return openOnce(entry); // it may have come wrong, or the local disk may be at fault
    }
  }

  /**
   * Where nothing was wrong, what was learned of the pieces at an opening before counts at this
   * one, too: they may be here still, so that they do not come again, and leave the cache later.
   */
  private Block openOnce(Entry entry) throws IOException {
    if (entry.isSuspect) {
      entry.isSuspect = false;
      entry.indexChecksums = new PieceChecksums();
      pieces.evictAll(entry.meta.ulid(), INDEX::equals);
    }
    try {
      Block block = Block.openForReading(this, entry.meta.ulid());
      entry.indexChecksums.opened();
      return block;
    } catch (DamagedBlockException e) {
      entry.isSuspect = true;
      throw e;
    }
  }

  /** Closes those that were not read for longest, where more are open than {@code most}. */
  private void letGoOfUnused(int most) {
    List<Entry> open = entries.values().stream().filter(each -> each.block != null).toList();
    int tooMany = open.size() - most;
    if (tooMany <= 0) {
      return;
    }
    for (Entry other : OldestFirst.of(open, each -> each.lastUse)) {
      if (tooMany > 0 && other.lock.tryLock()) {
        try {
          Block block = other.block;
          if (block != null && block.isUnused()) {
            letGo(other);
            tooMany--;
          }
        } finally {
          other.lock.unlock();
        }
      }
    }
  }

  /** Who reads it still may go on. Its lock is held. */
  private static void letGo(Entry entry) {
    Block block = entry.block;
    if (block != null) {
      entry.block = null;
      block.release();
    }
  }

  long usedBytes() {
    return pieces.usedBytes();
  }

  /**
   * Lets go of blocks of {@code objects} that are not among these, once nobody reads them; and of
   * those that one query had open, more than are to stay open.
   */
  void retain(BlockObjects objects, Set<Ulid> ulids) throws IOException {
    letGoOfUnused(MOST_OPEN);
    for (Ulid ulid : List.copyOf(entries.keySet())) {
      Entry entry = entries.get(ulid);
      if (entry != null && entry.objects.equals(objects) && !ulids.contains(ulid)) {
        evict(entry);
      }
    }
  }

  /** Where nobody reads it. */
  private void evict(Entry entry) throws IOException {
    if (!entry.lock.tryLock()) {
      return;
    }
    try {
      Block block = entry.block;
      if (block != null) {
        if (!block.isUnused()) {
          return;
        }
        letGo(entry);
      }
      pieces.evictAll(entry.meta.ulid(), file -> true);
      disk.delete(entry.meta.ulid().toString());
      entries.remove(entry.meta.ulid(), entry);
    } finally {
      entry.lock.unlock();
    }
  }

  /** A copy: of what is small. */
  @Override
  public MemorySegment map(String path, Arena arena) throws IOException {
    int slash = path.indexOf('/');
    byte[] content =
        path.substring(slash + 1).equals(META)
            ? entry(path.substring(0, slash)).meta.toJson()
            : read(path, 0, Math.toIntExact(byteSize(path)));
    return arena.allocate(content.length).copyFrom(MemorySegment.ofArray(content));
  }

  @Override
  public byte[] read(String path, long offset, int length) throws IOException {
    int slash = path.indexOf('/');
    Entry entry = entry(path.substring(0, slash));
    String file = path.substring(slash + 1);
    long size = byteSize(path);
    byte[] bytes = new byte[Math.clamp(size - offset, 0, length)];
    pieces.read(entry.meta.ulid(), file, size, offset, bytes, new PieceSource(entry, file));
    return bytes;
  }

  @Override
  public void forget(String path) throws IOException {
    int slash = path.indexOf('/');
    Entry entry = entry(path.substring(0, slash));
    String file = path.substring(slash + 1);
    if (file.equals(INDEX)) {
      entry.isSuspect = true;
    }
    pieces.evictAll(entry.meta.ulid(), file::equals);
  }

  /** Where the pieces of a file come from. */
  private record PieceSource(Entry entry, String file) implements CachedPieces.Source {
    @Override
    public byte[] fetch(long offset, int length) throws IOException {
      return entry.objects.read(entry.meta.ulid(), file, offset, length);
    }

    @Override
    public void check(long number, byte[] bytes, int start, int length) throws IOException {
      if (file.equals(INDEX) && !entry.indexChecksums.accept(number, bytes, start, length)) {
        entry.isSuspect = true;
        throw new IOException(
            "what is at byte %d has changed since it was opened, or came wrong; it is opened anew"
                .formatted(number * CachedPieces.PIECE_BYTES));
      }
    }
  }

  private Entry entry(String folder) throws NoSuchFileException {
    Entry entry = entries.get(Ulid.parse(folder));
    if (entry == null) {
      throw new NoSuchFileException(folder);
    }
    return entry;
  }

  @Override
  public List<String> list(String folder) throws IOException {
    int slash = folder.indexOf('/');
    String prefix = slash < 0 ? "" : folder.substring(slash + 1) + "/";
    Entry entry = entry(slash < 0 ? folder : folder.substring(0, slash));
    return entry.sizes.keySet().stream()
        .filter(file -> file.startsWith(prefix))
        .map(file -> file.substring(prefix.length()))
        .sorted()
        .toList();
  }

  @Override
  public long byteSize(String path) throws IOException {
    int slash = path.indexOf('/');
    if (slash < 0) {
      return entry(path).sizes.values().stream().mapToLong(Long::longValue).sum();
    }
    Long size = entry(path.substring(0, slash)).sizes.get(path.substring(slash + 1));
    if (size == null) {
      throw new NoSuchFileException(path);
    }
    return size;
  }

  @Override
  public String describe(String path) {
    int slash = path.indexOf('/');
    Entry entry = entries.get(Ulid.parse(slash < 0 ? path : path.substring(0, slash)));
    return entry == null ? path : entry.objects.store().describe() + ": " + path;
  }

  /** Gives what it has free; who reads still may go on. */
  @Override
  public void close() {
    for (Entry entry : entries.values()) {
      entry.lock.lock();
      try {
        letGo(entry);
      } finally {
        entry.lock.unlock();
      }
    }
  }
}
