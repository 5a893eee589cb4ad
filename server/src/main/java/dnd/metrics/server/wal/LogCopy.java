package dnd.metrics.server.wal;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Copies a log, which may be written meanwhile: all files as they are, but the last one only up to
 * the end of its last sound record. Every record that was acknowledged before is in the copy.
 */
public final class LogCopy {
  private static final int PIECE_BYTES = 1 << 20;

  private LogCopy() {}

  /**
   * Copies into a folder that has no log, with other files beside it, which nobody changes. No file
   * may be removed meanwhile.
   *
   * @return the names of the log's files that were copied, forced to disk
   */
  public static List<String> copy(LogFiles from, List<String> others, LogFiles to)
      throws IOException {
    for (String name : others) {
      try (LogFile source = from.open(name);
          LogFile target = new LargeLogFile(to.create(name), DiskPace.UNPACED)) {
        copy(source, target, source.size());
        target.force();
      }
    }
    List<String> names = Segment.FILES.in(from);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      try (LogFile source = from.open(name);
          LogFile target = new LargeLogFile(to.create(name), DiskPace.UNPACED)) {
        long bytes = i == names.size() - 1 ? soundBytes(source) : source.size();
        copy(source, target, bytes);
        target.force();
      }
    }
    to.forceDirectory();
    return names;
  }

  private static void copy(LogFile source, LogFile target, long bytes) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    long at = 0;
    while (at < bytes) {
      piece.clear().limit((int) Math.min(PIECE_BYTES, bytes - at));
      int read = source.read(piece, at);
      if (read == 0) {
        return; // cut meanwhile: what is gone were zeros behind the records
      }
      target.write(piece.flip(), at);
      at += read;
    }
  }

  /** Where the last sound record ends; one before it may have turned over on the disk. */
  private static long soundBytes(LogFile file) throws IOException {
    ByteBuffer in =
        ByteBuffer.allocate((int) Math.min(file.size(), Integer.MAX_VALUE - 16))
            .order(ByteOrder.LITTLE_ENDIAN);
    int read = file.read(in, 0);
    in.position(0).limit(read);
    CRC32C crc = new CRC32C();
    int end = Math.min(FileHeader.BYTES, read);
    int at = end;
    while (at >= 0) {
      int length = Segment.soundRecordAt(in, at, crc);
      if (length > 0) {
        at += length;
        end = at;
      } else {
        at = Segment.nextSoundRecord(in, at + 1, crc);
      }
    }
    return end;
  }
}
