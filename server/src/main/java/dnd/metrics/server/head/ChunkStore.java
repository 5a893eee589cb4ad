package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.wal.LargeLogFile;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes chunks that nothing is appended to any more and moves them out of the heap, into {@link
 * ChunkFile files}. They are put into the one that grows in memory; one that is full is written and
 * forced, without any lock, and mapped, and its chunks are there from then on, at the same place,
 * so no series is looked at for it. So a file is whole from the first moment in which somebody
 * reads in it, and where it cannot be written the chunks stay where they are. Checkpoints speak of
 * these files. A file that no checkpoint needs and no series has a chunk in is removed.
 *
 * <p>{@link #add}, {@link #endFile}, {@link #file}, {@link #isSound}, {@link #soundBytes} and the
 * figures are for any thread; all else for one at a time.
 */
final class ChunkStore {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkStore.class);

  private final LogFiles files;
  private final ConcurrentSkipListMap<Integer, ChunkFile> stored = new ConcurrentSkipListMap<>();

  /** Numbers of files that a checkpoint on the disk needs. */
  private Set<Integer> kept = Set.of();

  /** Guards the next two, and is the last of all locks: a chunk is copied under it. */
  private final Object growth = new Object();

  private GrowingChunkFile growing;

  /** What nothing is added to any more, and is not on the disk yet. */
  private final ArrayDeque<GrowingChunkFile> full = new ArrayDeque<>();

  private int lastNumber;

  /** Whether a file may be there of which nobody knows. */
  private boolean untidy;

  /** Files that are as they should be in memory, and not on the disk. */
  private final ConcurrentLinkedQueue<ChunkFile> mended = new ConcurrentLinkedQueue<>();

  private final AtomicLong mendedCount = new AtomicLong();

  private volatile long fileCount;
  private volatile long fileBytes;

  ChunkStore(LogFiles files) {
    this(files, byte[]::new);
  }

  ChunkStore(LogFiles files, GrowingChunkFile.Memory memory) {
    this.files = files;
    this.growing = new GrowingChunkFile(memory);
  }

  /**
   * Takes over the files that checkpoints need, before anything else, and removes others.
   *
   * @param opened where they are
   * @param uses what of them the checkpoint needs that the head is brought back from
   * @param needed the numbers of all that are needed by any checkpoint
   */
  void begin(OpenedChunkFiles opened, List<ChunkFileUse> uses, Set<Integer> needed)
      throws IOException {
    for (int number : needed) {
      lastNumber = Math.max(lastNumber, number);
      ChunkFile file = opened.file(number);
      if (file != null) {
        stored.put(number, file);
      }
    }
    for (ChunkFileUse use : uses) {
      ChunkFile file = stored.get(use.number());
      if (file != null) {
        file.use(use.chunks());
      }
    }
    mendedCount.addAndGet(opened.repairs());
    kept = needed;
    untidy = true;
    removeUnused();
    count();
  }

  /** A file in which a series may have chunks; null where it was lost. */
  @Nullable ChunkFile file(int number) {
    return stored.get(number);
  }

  /** From now on checkpoints need these files. */
  void keep(Set<Integer> needed) {
    kept = needed;
  }

  /** Takes a chunk of a series. */
  ChunkPlace add(Chunk chunk, long firstMillis, long lastMillis) {
    return add(firstMillis, lastMillis, chunk.encoding(), chunk.toBytes());
  }

  /** Takes a chunk of a series. */
  ChunkPlace add(EncodedChunk chunk) {
    byte[] bytes = chunk.data().toArray(ValueLayout.JAVA_BYTE);
    return add(chunk.firstMillis(), chunk.lastMillis(), chunk.encoding(), bytes);
  }

  /** Takes a chunk of a series; the array may be used for something else afterwards. */
  ChunkPlace add(long firstMillis, long lastMillis, int encoding, byte[] bytes) {
    synchronized (growth) {
      while (!growing.makeRoomFor(bytes.length)) {
        endFile();
      }
      return growing.add(firstMillis, lastMillis, encoding, bytes);
    }
  }

  /** Adds nothing to the file that grows, so that it is due. */
  void endFile() {
    synchronized (growth) {
      if (!growing.isEmpty()) {
        GrowingChunkFile next = growing.follow(); // first, as there may be no memory for it
        full.add(growing);
        growing = next;
      }
    }
  }

  /**
   * What was put among the chunks, where it has this checksum. Where it turned over on the disk
   * since then, its file is mended first.
   *
   * @return null where more is damaged than can be mended
   */
  byte @Nullable [] soundBytes(ChunkFile file, int offset, int checksum) {
    byte[] bytes = file.soundBytes(offset, checksum);
    return bytes == null && mend(file, offset) ? file.soundBytes(offset, checksum) : bytes;
  }

  /**
   * Whether a chunk is as it was written; where it turned over on the disk since then, its file is
   * mended first.
   *
   * @return false where more is damaged than can be mended
   */
  boolean isSound(ChunkFile file, int offset) {
    return file.isSound(offset) || (mend(file, offset) && file.isSound(offset));
  }

  /** Every chunk is looked at once more before it is read: what is read now is to last. */
  void lookAnew() {
    stored.values().forEach(ChunkFile::lookAnew);
  }

  /**
   * Makes damaged pages of a file anew from the others and its parity: at once for who reads it, on
   * the disk with what is {@link #store stored} next.
   *
   * @return false where the chunk is known to be damaged beyond that
   */
  private boolean mend(ChunkFile file, int offset) {
    return switch (file.mend(offset)) {
      case null -> false;
      case ChunkFilePages.Finding.Sound _ -> true;
      case ChunkFilePages.Finding.Repaired repaired -> {
        mended.add(file);
        mendedCount.incrementAndGet();
        LOG.warn(
            "{}: damaged at offset {}: repaired from its parity; nothing is lost",
            describe(file),
            repaired.offset());
        yield true;
      }
      case ChunkFilePages.Finding.Lost lost -> {
        LOG.error(
            "{}: damaged at offset {}, in {} places of {} bytes, beyond what its parity makes good",
            describe(file),
            lost.offset(),
            lost.lost().cardinality(),
            ChunkFilePages.PAGE_BYTES);
        yield true; // the chunk may be on another page
      }
    };
  }

  /** How messages to people name a file. */
  String describe(ChunkFile file) {
    return file.isOnDisk()
        ? files.describe(ChunkFile.FILES.name(file.number()))
        : "what is to become a file of chunks";
  }

  /** How often a file was mended, by the start too. */
  long mendedCount() {
    return mendedCount.get();
  }

  /** Whether there is a file to be written. */
  boolean isDue() {
    return nextFull() != null || !mended.isEmpty();
  }

  private @Nullable GrowingChunkFile nextFull() {
    synchronized (growth) {
      return full.peek();
    }
  }

  /** How many files there are. */
  long fileCount() {
    return fileCount;
  }

  /** How large they are together. */
  long fileBytes() {
    return fileBytes;
  }

  /**
   * Writes the files that nothing is added to any more, and those that were mended.
   *
   * @param isClosed whether those that are left shall stay on the heap
   * @throws IOException where a file could not be written: its chunks and those behind stay on the
   *     heap
   */
  void store(DiskPace pace, BooleanSupplier isClosed) throws IOException {
    GrowingChunkFile next;
    while (!isClosed.getAsBoolean() && (next = nextFull()) != null) {
      if (!next.isUnused()) {
        store(next, ++lastNumber, pace);
      }
      synchronized (growth) {
        full.remove();
      }
      count(); // last: it may find no memory, and what is stored must not be so again
    }
    ChunkFile whole;
    while (!isClosed.getAsBoolean() && (whole = mended.peek()) != null) {
      if (stored.get(whole.number()) == whole) {
        String name = ChunkFile.FILES.name(whole.number());
        whole.onDisk(whole.number(), OpenedChunkFiles.replace(files, name, whole.toWrite(), pace));
      }
      mended.remove();
    }
  }

  private void store(GrowingChunkFile grown, int number, DiskPace pace) throws IOException {
    String name = ChunkFile.FILES.name(number);
    try {
      MemorySegment mapped = write(grown, name, number, pace);
      stored.put(number, grown.file());
      grown.stored(number, mapped);
    } catch (IOException | RuntimeException | Error e) {
      untidy = true;
      stored.remove(number);
      try {
        files.delete(name);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private MemorySegment write(GrowingChunkFile grown, String name, int number, DiskPace pace)
      throws IOException {
    try (LogFile made = new LargeLogFile(files.create(name), pace)) {
      grown.write(made, number);
      made.force();
      files.forceDirectory();
      return made.map();
    }
  }

  /**
   * Removes the files that no checkpoint needs and no series has a chunk in. Who still reads in one
   * can go on.
   */
  void removeUnused() throws IOException {
    boolean removed = false;
    if (untidy) {
      for (String name : ChunkFile.FILES.in(files)) {
        int number = ChunkFile.FILES.numberOf(name);
        if (!stored.containsKey(number) && !kept.contains(number)) {
          files.delete(name);
          removed = true;
        }
        lastNumber = Math.max(lastNumber, number);
      }
      untidy = false;
    }
    for (ChunkFile file : stored.values()) {
      if (file.inUse() == 0 && !kept.contains(file.number())) {
        files.delete(ChunkFile.FILES.name(file.number()));
        stored.remove(file.number());
        removed = true;
      }
    }
    if (removed) {
      files.forceDirectory();
      count();
    }
  }

  /**
   * Unloads all files but the newest ones, which are asked the most. What is read in any of them is
   * looked at once more.
   */
  void unloadAllBut(int newest) {
    int kept = 0;
    for (ChunkFile file : stored.descendingMap().values()) {
      if (kept++ >= newest) {
        file.unload();
      }
      file.lookAnew();
    }
  }

  private void count() {
    fileCount = stored.size();
    fileBytes = stored.values().stream().mapToLong(ChunkFile::bytes).sum();
  }
}
