package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.wal.LargeLogFile;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Moves finished chunks out of the heap into {@link ChunkFile files}. When enough of them wait, a
 * file is put together of them (a portion of a sender's series under the sender's lock at a time),
 * written and forced without any lock, and mapped; only then series have their chunks there. So a
 * file is whole from the first moment in which somebody knows of it, and where it cannot be written
 * the chunks stay where they are. Checkpoints speak of these files. A file that no checkpoint needs
 * and no series has a chunk in is removed.
 *
 * <p>{@link #noteFinished}, {@link #file} and the figures are for any thread; all else for one at a
 * time.
 */
final class ChunkStore {
  /** So much heap may be taken by chunks that wait. */
  private static final long WAITING_BYTES = 8 << 20;

  /** A file is not much larger. */
  private static final int FILE_BYTES = 4 << 20;

  /** What a chunk takes of the heap beside its bytes. */
  private static final int OBJECT_BYTES = 48;

  /** So few that a push does not wait for long. */
  private static final int SERIES_AT_ONCE = 1024;

  private final LogFiles files;
  private final ConcurrentSkipListMap<Integer, ChunkFile> stored = new ConcurrentSkipListMap<>();

  /** Numbers of files that a checkpoint on the disk needs. */
  private Set<Integer> kept = Set.of();

  private final ChunkBatch batch = new ChunkBatch();
  private final AtomicLong waiting = new AtomicLong();
  private int lastNumber;

  /** Whether a file may be there of which nobody knows. */
  private boolean untidy;

  private volatile long fileCount;
  private volatile long fileBytes;

  ChunkStore(LogFiles files) {
    this.files = files;
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

  /** A chunk waits on the heap. */
  void noteFinished(FinishedChunk chunk) {
    waiting.addAndGet(OBJECT_BYTES + chunk.bytes().length);
  }

  /** Whether enough chunks wait to make a file of them. */
  boolean isDue() {
    return waiting.get() >= WAITING_BYTES;
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
   * Moves all finished chunks into files; those that are left when the head is closed meanwhile
   * stay on the heap.
   *
   * @throws IOException where a file could not be written: chunks that are in none stay on the heap
   */
  void store(Collection<Sender> senders, DiskPace pace) throws IOException {
    waiting.set(0);
    boolean done = false;
    try {
      for (Sender sender : senders) {
        while (!sender.waiting.isEmpty() && !sender.head.isClosed()) {
          sender.lock();
          try {
            take(sender);
          } finally {
            sender.unlock();
          }
          if (batch.bytes() >= FILE_BYTES) {
            write(pace);
          }
        }
      }
      write(pace);
      done = true;
    } finally {
      if (!done) {
        giveBack();
      }
      batch.clear();
    }
  }

  private void take(Sender sender) {
    for (int n = 0; n < SERIES_AT_ONCE && batch.bytes() < FILE_BYTES; n++) {
      int ref = sender.waiting.take();
      if (ref < 0) {
        return;
      }
      HeadSeries series = sender.head.directory().made(ref);
      if (series != null) {
        series.finished.addTo(batch, series);
      }
    }
  }

  private void giveBack() {
    for (int i = 0; i < batch.size(); i++) {
      HeadSeries series = batch.series(i);
      series.sender.lock();
      try {
        series.sender.waiting.add(series.ref);
      } finally {
        series.sender.unlock();
      }
    }
    waiting.addAndGet(WAITING_BYTES); // there are others, which were not looked at
  }

  private void write(DiskPace pace) throws IOException {
    if (batch.size() == 0) {
      return;
    }
    ChunkFile file = writeFile(++lastNumber, pace);
    stored.put(file.number(), file);
    count();
    int from = 0;
    while (from < batch.size()) {
      HeadSeries series = batch.series(from);
      int to = from + 1;
      while (to < batch.size() && batch.series(to) == series) {
        to++;
      }
      series.sender.lock();
      try {
        series.finished = series.finished.moved(batch, from, to, file);
      } finally {
        series.sender.unlock();
      }
      from = to;
    }
    batch.clear();
  }

  private ChunkFile writeFile(int number, DiskPace pace) throws IOException {
    String name = ChunkFile.FILES.name(number);
    try (LogFile made = new LargeLogFile(files.create(name), pace)) {
      ByteBuffer content = batch.file(number);
      int length = content.remaining();
      made.write(content.duplicate(), 0);
      made.write(ChunkFilePages.protection(content), length);
      made.force();
      files.forceDirectory();
      return new ChunkFile(number, made.map());
    } catch (IOException e) {
      untidy = true;
      try {
        files.delete(name);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
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

  /** Unloads all files but the newest ones, which are asked the most. */
  void unloadAllBut(int newest) {
    int kept = 0;
    for (ChunkFile file : stored.descendingMap().values()) {
      if (kept++ >= newest) {
        file.unload();
      }
    }
  }

  private void count() {
    fileCount = stored.size();
    fileBytes = stored.values().stream().mapToLong(ChunkFile::bytes).sum();
  }
}
