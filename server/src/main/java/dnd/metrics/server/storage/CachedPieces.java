package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFile;
import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.Ulid;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of files of an object store, on the local disk while there is room: a file of {@value
 * #PIECE_BYTES} bytes each. Where there is none for one more, those go that were not read for
 * longest; who reads gets a copy. What came is not looked at here but by the {@link Source}. Safe
 * for use by several threads.
 */
final class CachedPieces {
  static final int PIECE_BYTES = 1 << 18;

  /**
   * 10 GiB of whole ones. Each is mapped, and Linux lets a process have 65 530 mappings ({@code
   * vm.max_map_count}): where there are no more, nothing else can be mapped either, nor a thread
   * begin.
   */
  static final int MOST_PIECES = 40_960;

  /** Of a full cache a part goes at once: it is sorted for that by what was read last. */
  private static final int MORE_AT_ONCE = 100;

  /**
   * Where the pieces before one are here, as when all is read, so many more are fetched at once.
   */
  private static final int MOST_AHEAD = 15;

  /** Where the bytes come from. */
  interface Source {
    byte[] fetch(long offset, int length) throws IOException;

    /**
     * Looks at a piece that came.
     *
     * @throws IOException where it cannot be right
     */
    void check(long number, byte[] bytes, int start, int length) throws IOException;
  }

  private record Key(Ulid ulid, String file, long number) {
    Key at(long other) {
      return new Key(ulid, file, other);
    }

    String path() {
      return ulid + "/" + file.replace('/', '-') + "." + number;
    }
  }

  /** {@code lock} guards all but {@code lastUse}. */
  private static final class Piece {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable MemorySegment bytes;
    @Nullable Arena arena;
    volatile long lastUse;
  }

  private final BlockFiles disk;
  private final long mostBytes;
  private final int mostPieces;
  private final Map<Key, Piece> pieces = new ConcurrentHashMap<>();
  private final AtomicLong uses = new AtomicLong();

  /** Guards what is used. */
  private final Object roomLock = new Object();

  private long usedBytes;
  private int usedPieces;

  /**
   * @param disk the folder of each block must be there
   */
  CachedPieces(BlockFiles disk, long mostBytes, int mostPieces) {
    this.disk = disk;
    this.mostBytes = mostBytes;
    this.mostPieces = mostPieces;
  }

  long usedBytes() {
    synchronized (roomLock) {
      return usedBytes;
    }
  }

  /** Takes room for a piece, for which others may have to go; false where there is none. */
  private boolean takeRoom(long bytes) throws IOException {
    while (true) {
      synchronized (roomLock) {
        if (usedBytes + bytes <= mostBytes && usedPieces < mostPieces) {
          usedBytes += bytes;
          usedPieces++;
          return true;
        }
      }
      if (evictOldest(Math.max(bytes, usedBytes() / MORE_AT_ONCE)) == 0) {
        return false;
      }
    }
  }

  private void freeRoom(long bytes) {
    synchronized (roomLock) {
      usedBytes -= bytes;
      usedPieces--;
    }
  }

  /**
   * Copies some bytes of a file, which has them.
   *
   * @param fileBytes how long it is
   */
  void read(Ulid ulid, String file, long fileBytes, long offset, byte[] into, Source source)
      throws IOException {
    int done = 0;
    while (done < into.length) {
      long at = offset + done;
      Key key = new Key(ulid, file, at / PIECE_BYTES);
      int from = (int) (at % PIECE_BYTES);
      int n = Math.min(into.length - done, PIECE_BYTES - from);
      copy(key, fileBytes, from, into, done, n, source);
      done += n;
    }
  }

  private void copy(Key key, long fileBytes, int from, byte[] into, int at, int n, Source source)
      throws IOException {
    boolean done = false;
    while (!done) {
      Piece piece = pieces.computeIfAbsent(key, k -> new Piece());
      piece.lock.lock();
      try {
        done = isCurrent(key, piece);
        if (done) {
          piece.lastUse = uses.incrementAndGet();
          MemorySegment bytes = piece.bytes;
          if (bytes == null) {
            bytes = load(key, piece, fileBytes, source);
          }
          MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, into, at, n);
        }
      } finally {
        removeIfEmpty(key, piece);
        piece.lock.unlock();
      }
    }
  }

  /** One that could not be fetched is not here. Its lock is held. */
  private void removeIfEmpty(Key key, Piece piece) {
    if (piece.bytes == null) {
      pieces.remove(key, piece);
    }
  }

  /** Whether it was not taken out meanwhile. */
  private boolean isCurrent(Key key, Piece piece) {
    return piece.equals(pieces.get(key));
  }

  private MemorySegment load(Key key, Piece piece, long fileBytes, Source source)
      throws IOException {
    int ahead = 0;
    while (ahead < MOST_AHEAD && isHere(key.at(key.number() - 1 - ahead))) {
      ahead++;
    }
    int wanted = 1;
    while (wanted <= ahead && !isHere(key.at(key.number() + wanted))) {
      wanted++;
    }
    long offset = key.number() * PIECE_BYTES;
    int length = (int) Math.min((long) wanted * PIECE_BYTES, fileBytes - offset);
    byte[] fetched = source.fetch(offset, length);
    for (int start = 0; start < length; start += PIECE_BYTES) {
      source.check(
          key.number() + start / PIECE_BYTES,
          fetched,
          start,
          Math.min(PIECE_BYTES, length - start));
    }
    int size = Math.min(PIECE_BYTES, length);
    if (!takeRoom(size)) {
      throw new IOException(
          "no room for %d bytes in the cache (storage.objects_cache is %d bytes, of which %d are"
                  .formatted(size, mostBytes, usedBytes())
              + " being read)");
    }
    MemorySegment first = store(key, piece, fetched, 0);
    for (int start = PIECE_BYTES; start < length; start += PIECE_BYTES) {
      Key next = key.at(key.number() + start / PIECE_BYTES);
      Piece other = pieces.computeIfAbsent(next, k -> new Piece());
      if (other.lock.tryLock()) {
        try {
          if (isCurrent(next, other) && other.bytes == null) {
            if (!takeRoom(Math.min(PIECE_BYTES, length - start))) {
              break;
            }
            other.lastUse = uses.incrementAndGet();
            store(next, other, fetched, start);
          }
        } finally {
          removeIfEmpty(next, other);
          other.lock.unlock();
        }
      }
    }
    return first;
  }

  private boolean isHere(Key key) {
    Piece piece = pieces.get(key);
    return piece != null && piece.lastUse > 0;
  }

  /** Writes a piece, for which room is taken. */
  @SuppressWarnings("MustBeClosedChecker") // whoever takes the piece out closes it
  private MemorySegment store(Key key, Piece piece, byte[] fetched, int start) throws IOException {
    int length = Math.min(PIECE_BYTES, fetched.length - start);
    Arena arena = Arena.ofShared();
    boolean done = false;
    try {
      disk.delete(key.path());
      try (BlockFile out = disk.create(key.path())) {
        out.write(fetched, start, length);
      }
      MemorySegment bytes = disk.map(key.path(), arena);
      piece.arena = arena;
      piece.bytes = bytes;
      done = true;
      return bytes;
    } catch (IOException e) {
      try {
        disk.delete(key.path()); // what came of it takes room that nobody counts
      } catch (IOException another) {
        e.addSuppressed(another);
      }
      throw e;
    } finally {
      if (!done) {
        arena.close();
        freeRoom(length);
      }
    }
  }

  /** Takes out those that were not read for longest; how many bytes that gave, 0 for none. */
  private long evictOldest(long wanted) throws IOException {
    long bytes = 0;
    for (Map.Entry<Key, Piece> each :
        OldestFirst.of(pieces.entrySet(), piece -> piece.getValue().lastUse)) {
      if (bytes >= wanted) {
        break;
      }
      Piece piece = each.getValue();
      if (piece.lock.tryLock()) {
        try {
          bytes += evict(each.getKey(), piece);
        } finally {
          piece.lock.unlock();
        }
      }
    }
    return bytes;
  }

  /** Takes out all of a block, or of one of its files. */
  void evictAll(Ulid ulid, Predicate<String> files) throws IOException {
    for (Map.Entry<Key, Piece> each : pieces.entrySet()) {
      if (each.getKey().ulid().equals(ulid) && files.test(each.getKey().file())) {
        each.getValue().lock.lock();
        try {
          evict(each.getKey(), each.getValue());
        } finally {
          each.getValue().lock.unlock();
        }
      }
    }
  }

  /**
   * Its room is free then, also where its file cannot be removed. Whoever holds its lock twice is
   * loading it: 0 then.
   */
  private long evict(Key key, Piece piece) throws IOException {
    MemorySegment bytes = piece.bytes;
    Arena arena = piece.arena;
    if (piece.lock.getHoldCount() > 1) {
      return 0;
    }
    if (bytes == null || arena == null) {
      pieces.remove(key, piece);
      return 0;
    }
    long size = bytes.byteSize();
    piece.bytes = null;
    piece.arena = null;
    piece.lastUse = 0;
    arena.close();
    try {
      disk.delete(key.path());
    } finally {
      pieces.remove(key, piece);
      freeRoom(size);
    }
    return size;
  }
}
