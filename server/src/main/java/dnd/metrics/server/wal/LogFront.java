package dnd.metrics.server.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The oldest files of a log, which are removed when nobody needs their records any more. Safe
 * beside a {@link WriteAheadLog} that writes: the last file is left alone.
 */
public final class LogFront {
  private LogFront() {}

  /**
   * Removes the files, from the oldest on, that hold only records up to number {@code sequence}.
   */
  public static void remove(LogFiles files, long sequence) throws IOException {
    List<String> names = segments(files);
    boolean removed = false;
    for (int i = 0; i + 1 < names.size(); i++) {
      Segment.Header next = header(files, names.get(i + 1));
      if (next == null || next.firstSequence() > sequence + 1) {
        break;
      }
      files.delete(names.get(i));
      removed = true;
    }
    if (removed) {
      files.forceDirectory();
    }
  }

  /** Removes all files of a log that nobody writes. */
  public static void removeAll(LogFiles files) throws IOException {
    for (String name : segments(files)) {
      files.delete(name);
    }
    files.forceDirectory();
  }

  private static Segment.@Nullable Header header(LogFiles files, String name) throws IOException {
    try (LogFile file = files.open(name)) {
      ByteBuffer in = ByteBuffer.allocate(Segment.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int read = file.read(in, 0);
      return Segment.decodeHeader(in.position(0).limit(read));
    }
  }

  static List<String> segments(LogFiles files) throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : files.list()) {
      if (Segment.numberOf(name) > 0) {
        names.add(name);
      }
    }
    return names;
  }
}
