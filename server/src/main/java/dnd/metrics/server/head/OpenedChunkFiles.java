package dnd.metrics.server.head;

import static dnd.metrics.server.disk.DiskPace.UNPACED;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.wal.LargeLogFile;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files of chunks that checkpoints of a process before speak of, each looked at as a whole once
 * ({@link ChunkFilePages}). What can be repaired is, also on the disk. Safe for use by several
 * threads.
 */
final class OpenedChunkFiles {
  /** A file that is being repaired. */
  static final String PARTIAL = "chunks.partial";

  private final LogFiles files;
  private final Consumer<String> reports;
  private final ConcurrentHashMap<Integer, Opened> opened = new ConcurrentHashMap<>();
  private final AtomicLong repairs = new AtomicLong();

  /**
   * @param reports is told, a line each, what a person should know
   */
  OpenedChunkFiles(LogFiles files, Consumer<String> reports) {
    this.files = files;
    this.reports = reports;
  }

  /** A file, null where it is missing, and what of it is lost, null for nothing. */
  private record Opened(@Nullable ChunkFile file, @Nullable String loss) {}

  /**
   * Looks at files, side by side.
   *
   * @return what is lost of the first of them of which something is; null for nothing
   * @throws IOException where one cannot be read
   */
  @Nullable String loss(List<ChunkFileUse> uses) throws IOException {
    try {
      uses.parallelStream().forEach(use -> opened.computeIfAbsent(use.number(), n -> open(use)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (ChunkFileUse use : uses) {
      Opened known = opened.get(use.number());
      if (known != null && known.loss() != null) {
        return known.loss();
      }
    }
    return null;
  }

  /** How many were repaired. */
  long repairs() {
    return repairs.get();
  }

  /** A file that was looked at; null where it is missing. */
  @Nullable ChunkFile file(int number) {
    Opened known = opened.get(number);
    return known == null ? null : known.file();
  }

  private Opened open(ChunkFileUse use) {
    String name = ChunkFile.FILES.name(use.number());
    try {
      MemorySegment content;
      try (LogFile file = files.open(name)) {
        content = file.map();
      } catch (FileNotFoundException | NoSuchFileException e) {
        return new Opened(null, files.describe(name) + " is missing");
      }
      if (content.byteSize() != use.bytes()) {
        return new Opened(
            null,
            String.format(
                "%s has %d bytes instead of %d",
                files.describe(name), content.byteSize(), use.bytes()));
      }
      return switch (ChunkFilePages.check(content)) {
        case ChunkFilePages.Finding.Sound _ ->
            new Opened(known(new ChunkFile(use.number(), content)), null);
        case ChunkFilePages.Finding.Repaired repaired ->
            new Opened(known(new ChunkFile(use.number(), repair(name, repaired))), null);
        case ChunkFilePages.Finding.Lost lost ->
            new Opened(
                new ChunkFile(use.number(), lost.content(), lost.lost()),
                String.format(
                    "%s is damaged at offset %d, in %d places of %d bytes",
                    files.describe(name),
                    lost.offset(),
                    lost.lost().cardinality(),
                    ChunkFilePages.PAGE_BYTES));
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A sound file, where it is of the version that this program knows. */
  private ChunkFile known(ChunkFile file) throws IOException {
    if (file.version() != GrowingChunkFile.VERSION) {
      throw new IOException(
          String.format(
              "%s is of chunk file format %d, which this program does not know",
              files.describe(ChunkFile.FILES.name(file.number())), file.version()));
    }
    return file;
  }

  /** Puts the file as it should be in the place of the damaged one, or else in memory. */
  private synchronized MemorySegment repair(String name, ChunkFilePages.Finding.Repaired repaired) {
    repairs.incrementAndGet();
    String what =
        String.format("%s: damaged at offset %d", files.describe(name), repaired.offset());
    try {
      MemorySegment mapped = replace(files, name, repaired.content().asByteBuffer(), UNPACED);
      reports.accept(what + ": repaired from its parity; nothing is lost");
      return mapped;
    } catch (IOException e) {
      reports.accept(
          what + ": repaired from its parity in memory only, since it cannot be written: " + e);
      return repaired.content();
    }
  }

  /**
   * Puts a file with that content in the place of the damaged one; for one thread at a time.
   *
   * @return where it is mapped
   * @throws IOException where it cannot be written; the damaged one may be there still
   */
  static MemorySegment replace(LogFiles files, String name, ByteBuffer content, DiskPace pace)
      throws IOException {
    try {
      MemorySegment mapped;
      try (LogFile made = new LargeLogFile(files.create(PARTIAL), pace)) {
        made.write(content, 0);
        made.force();
        mapped = made.map();
      }
      files.rename(PARTIAL, name);
      files.forceDirectory();
      return mapped;
    } catch (IOException | RuntimeException | Error e) {
      try {
        files.delete(PARTIAL);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }
}
