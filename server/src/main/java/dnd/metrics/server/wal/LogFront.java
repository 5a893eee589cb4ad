package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The oldest files of a log, which are removed when nobody needs their records any more. Safe
 * beside a {@link WriteAheadLog} that writes: the last file is left alone.
 */
public final class LogFront {
  private LogFront() {}

  /** What was removed: how many files, and how many bytes they had. */
  public record Removed(int segments, long bytes) {}

  /**
   * Removes the files, from the oldest on, that hold only records up to number {@code sequence}.
   * Nobody may read them.
   */
  public static Removed remove(LogFiles files, long sequence, DiskPace pace) throws IOException {
    List<String> names = Segment.FILES.in(files);
    List<String> over = names.subList(0, firstWith(files, names, sequence + 1));
    long bytes = 0;
    for (String name : over) {
      bytes += size(files, name);
    }
    RemovedFiles.remove(files, over, pace);
    return new Removed(over.size(), bytes);
  }

  /**
   * The place of the last file that may hold the record with number {@code sequence} or one before
   * it: no file in front of it does. A file whose header is damaged is passed over.
   */
  static int firstWith(LogFiles files, List<String> names, long sequence) throws IOException {
    for (int i = names.size() - 1; i > 0; i--) {
      FileHeader header = header(files, names.get(i));
      if (header != null && header.sequence() <= sequence) {
        return i;
      }
    }
    return 0;
  }

  /** Removes all files of a log that nobody writes. */
  public static void removeAll(LogFiles files) throws IOException {
    for (String name : Segment.FILES.in(files)) {
      files.delete(name);
    }
    files.forceDirectory();
  }

  private static @Nullable FileHeader header(LogFiles files, String name) throws IOException {
    try (LogFile file = files.open(name)) {
      ByteBuffer in = ByteBuffer.allocate(FileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int read = file.read(in, 0);
      return Segment.headerOf(in.position(0).limit(read));
    }
  }

  static long size(LogFiles files, String name) throws IOException {
    try (LogFile file = files.open(name)) {
      return file.size();
    }
  }
}
