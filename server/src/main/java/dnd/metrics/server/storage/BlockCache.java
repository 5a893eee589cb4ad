package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockFile;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.FarBlockFiles;
import dnd.metrics.server.block.Ulid;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Collections;
import java.util.HashSet;
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
 * What is read of blocks that are in an object store only, on the local disk: their indexes while
 * they are open, and those pieces of their chunks that somebody reads. Together they take no more
 * than so many bytes: the pieces that were not read for longest go, then the indexes of blocks that
 * nobody reads, and where all are being read, reading another block fails. Emptied at the start.
 * Safe for use by several threads.
 */
final class BlockCache implements FarBlockFiles, Closeable {
  private static final String META = BlockObjects.META;

  /** A block. {@code lock} guards whether it is open; files have their own. */
  private static final class Entry {
    final BlockObjects objects;
    final BlockMeta meta;
    final SortedMap<String, Long> sizes;
    final ReentrantLock lock = new ReentrantLock();

    /** Whole files that are here; guards itself and {@code presentBytes}. */
    final Set<String> present = new HashSet<>();

    long presentBytes;
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
  private final long mostBytes;
  private final Map<Ulid, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong uses = new AtomicLong();

  /** Guards {@link #usedBytes}. Taken behind an entry's lock; those of others are only tried. */
  private final Object roomLock = new Object();

  private long usedBytes;

  BlockCache(BlockFiles disk, long mostBytes) throws IOException {
    this.disk = disk;
    this.pieces = new CachedPieces(disk);
    this.mostBytes = mostBytes;
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
      Block block = entry.block;
      if (block == null) {
        block = Block.openForReading(this, ulid);
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

  long usedBytes() {
    synchronized (roomLock) {
      return usedBytes;
    }
  }

  /** Lets go of blocks of {@code objects} that are not among these, once nobody reads them. */
  void retain(BlockObjects objects, Set<Ulid> ulids) throws IOException {
    for (Ulid ulid : List.copyOf(entries.keySet())) {
      Entry entry = entries.get(ulid);
      if (entry != null && entry.objects.equals(objects) && !ulids.contains(ulid)) {
        evict(entry);
      }
    }
  }

  /** Whether the block is not in the cache any more. */
  private boolean evict(Entry entry) throws IOException {
    if (!entry.lock.tryLock()) {
      return false;
    }
    try {
      Block block = entry.block;
      if (block != null) {
        if (!block.isUnused()) {
          return false;
        }
        entry.block = null;
        block.release();
      }
      free(pieces.evictAll(entry.meta.ulid(), file -> true));
      synchronized (entry.present) {
        disk.delete(entry.meta.ulid().toString());
        entry.present.clear();
        free(entry.presentBytes);
        entry.presentBytes = 0;
      }
      entries.remove(entry.meta.ulid(), entry);
      return true;
    } finally {
      entry.lock.unlock();
    }
  }

  @Override
  public MemorySegment map(String path, Arena arena) throws IOException {
    int slash = path.indexOf('/');
    Entry entry = entry(path.substring(0, slash));
    String file = path.substring(slash + 1);
    if (file.equals(META)) {
      byte[] json = entry.meta.toJson();
      MemorySegment copy = arena.allocate(json.length);
      return copy.copyFrom(MemorySegment.ofArray(json));
    }
    Long size = entry.sizes.get(file);
    if (size == null) {
      throw new NoSuchFileException(path);
    }
    synchronized (entry.present) {
      if (!entry.present.contains(file)) {
        if (!takeRoom(entry, size)) {
          throw noRoom(size);
        }
        entry.presentBytes += size;
        boolean done = false;
        try {
          download(entry, file, size);
          entry.present.add(file);
          done = true;
        } finally {
          if (!done) {
            free(size);
            entry.presentBytes -= size;
          }
        }
      }
    }
    return disk.map(path, arena);
  }

  @Override
  public byte[] read(String path, long offset, int length) throws IOException {
    int slash = path.indexOf('/');
    Entry entry = entry(path.substring(0, slash));
    String file = path.substring(slash + 1);
    Long size = entry.sizes.get(file);
    if (size == null) {
      throw new NoSuchFileException(path);
    }
    byte[] bytes = new byte[Math.clamp(size - offset, 0, length)];
    pieces.read(entry.meta.ulid(), file, size, offset, bytes, new PieceSource(entry, file));
    return bytes;
  }

  @Override
  public void forget(String path) throws IOException {
    int slash = path.indexOf('/');
    Ulid ulid = Ulid.parse(path.substring(0, slash));
    free(pieces.evictAll(ulid, path.substring(slash + 1)::equals));
  }

  /** Where the pieces of a file come from, and the room for them. */
  private final class PieceSource implements CachedPieces.Source {
    private final Entry entry;
    private final String file;

    PieceSource(Entry entry, String file) {
      this.entry = entry;
      this.file = file;
    }

    @Override
    public boolean takeRoom(long bytes) throws IOException {
      return BlockCache.this.takeRoom(entry, bytes);
    }

    @Override
    public IOException noRoom(long bytes) {
      return BlockCache.this.noRoom(bytes);
    }

    @Override
    public void free(long bytes) {
      BlockCache.this.free(bytes);
    }

    @Override
    public byte[] fetch(long offset, int length) throws IOException {
      return entry.objects.read(entry.meta.ulid(), file, offset, length);
    }
  }

  private void free(long bytes) {
    synchronized (roomLock) {
      usedBytes -= bytes;
    }
  }

  private Entry entry(String folder) throws NoSuchFileException {
    Entry entry = entries.get(Ulid.parse(folder));
    if (entry == null) {
      throw new NoSuchFileException(folder);
    }
    return entry;
  }

  private boolean takeRoom(Entry entry, long bytes) throws IOException {
    while (true) {
      synchronized (roomLock) {
        if (usedBytes + bytes <= mostBytes) {
          usedBytes += bytes;
          return true;
        }
      }
      long freed = pieces.evictOldest();
      if (freed > 0) {
        free(freed);
      } else if (!evictOldestBlock(entry)) {
        return false;
      }
    }
  }

  private boolean evictOldestBlock(Entry but) throws IOException {
    for (Entry other : OldestFirst.of(entries.values(), entry -> entry.lastUse)) {
      if (!other.equals(but) && other.block != null && evict(other)) {
        return true;
      }
    }
    return false;
  }

  private IOException noRoom(long bytes) {
    return new IOException(
        "no room for %d bytes in the cache (storage.objects_cache is %d bytes, of which %d are"
                .formatted(bytes, mostBytes, usedBytes())
            + " being read)");
  }

  private void download(Entry entry, String file, long size) throws IOException {
    Ulid ulid = entry.meta.ulid();
    String folder = ulid.toString();
    makeFolder("", folder);
    String name = file;
    int slash = file.lastIndexOf('/');
    if (slash >= 0) {
      makeFolder(folder, file.substring(0, slash));
      name = file.substring(slash + 1);
    }
    String target = folder + "/" + file;
    String partial = folder + "/" + name + ".partial";
    disk.delete(partial);
    long got = 0;
    try (InputStream in = entry.objects.read(ulid, file);
        BlockFile out = disk.create(partial)) {
      byte[] bytes = new byte[1 << 16];
      for (int n; (n = in.read(bytes)) >= 0 && got <= size; got += n) {
        out.write(bytes, 0, n);
      }
    }
    if (got != size) {
      disk.delete(partial);
      throw new IOException(describe(target) + " has " + got + " bytes, not " + size);
    }
    disk.rename(partial, target);
  }

  private void makeFolder(String parent, String name) throws IOException {
    if (!disk.list(parent).contains(name)) {
      disk.createFolder(parent.isEmpty() ? name : parent + "/" + name);
    }
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
  public long byteSize(String folder) throws IOException {
    return entry(folder).sizes.values().stream().mapToLong(Long::longValue).sum();
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
        Block block = entry.block;
        if (block != null) {
          entry.block = null;
          block.release();
        }
      } finally {
        entry.lock.unlock();
      }
    }
  }
}
