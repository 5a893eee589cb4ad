package dnd.metrics.server.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a log file and of a record in it, as docs/format/wal.md draws them. All numbers are
 * little-endian.
 */
final class Segment {
  /** "dndm-wal" as it stands in the file; the header's sequence is the first that may be in it. */
  static final FileHeader.Kind KIND = new FileHeader.Kind(0x6c61772d6d646e64L, 2);

  /** The same from before the first record of each write was marked. */
  private static final FileHeader.Kind UNMARKED = new FileHeader.Kind(KIND.magic(), 1);

  static final int FRAME_BYTES = 20;

  /** The bytes 'r' 'e' 'c' 0xec, which begin every record. */
  static final int RECORD_MAGIC = 0xec636572;

  /** No record is longer; what claims to be is damage. */
  static final int MAX_RECORD_BYTES = 256 << 20;

  /**
   * In the length of a record: it is the first of what was written at once. All in front of it in
   * its file was forced before.
   */
  static final int FIRST_OF_WRITE = 1 << 31;

  static final NumberedFiles FILES = new NumberedFiles(".wal");

  private Segment() {}

  /** The header of a file of any version that this program reads; null where it is damaged. */
  static @Nullable FileHeader headerOf(ByteBuffer in) {
    FileHeader header = KIND.decode(in);
    return header != null ? header : UNMARKED.decode(in);
  }

  /** Whether writes in the file are marked; where the header is damaged they are taken to be. */
  static boolean hasMarks(ByteBuffer in) {
    return KIND.versionIn(in) != UNMARKED.version();
  }

  /**
   * Length of the whole record at {@code offset}, or -1 where there is no sound record. Moves the
   * buffer's position.
   */
  static int soundRecordAt(ByteBuffer in, int offset, CRC32C crc) {
    int left = in.limit() - offset;
    if (left < FRAME_BYTES || in.getInt(offset) != RECORD_MAGIC) {
      return -1;
    }
    int length = in.getInt(offset + 4) & ~FIRST_OF_WRITE;
    if (length > MAX_RECORD_BYTES || length > left - FRAME_BYTES) {
      return -1;
    }
    crc.reset();
    update(crc, in, offset + FRAME_BYTES, length);
    update(crc, in, offset + 4, 12);
    return in.getInt(offset + 16) == (int) crc.getValue() ? FRAME_BYTES + length : -1;
  }

  /** Where the next sound record is, from an offset on; -1 where there is none. */
  static int nextSoundRecord(ByteBuffer in, int from, CRC32C crc) {
    for (int at = from; at <= in.limit() - FRAME_BYTES; at++) {
      if (in.get(at) == (byte) RECORD_MAGIC
          && in.getInt(at) == RECORD_MAGIC
          && soundRecordAt(in, at, crc) > 0) {
        return at;
      }
    }
    return -1;
  }

  private static void update(CRC32C crc, ByteBuffer in, int offset, int length) {
    int limit = in.limit();
    crc.update(in.limit(offset + length).position(offset));
    in.limit(limit);
  }

  static long sequenceAt(ByteBuffer in, int offset) {
    return in.getLong(offset + 8);
  }

  /** Whether a sound record is marked as the first of what was written at once. */
  static boolean isFirstOfWrite(ByteBuffer in, int offset) {
    return in.getInt(offset + 4) < 0;
  }
}
