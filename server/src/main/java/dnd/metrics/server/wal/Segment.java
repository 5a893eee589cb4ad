package dnd.metrics.server.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a log file and of a record in it, as docs/format/wal.md draws them. All numbers are
 * little-endian.
 */
final class Segment {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 32;
  static final int FRAME_BYTES = 20;

  /** "dndm-wal" as it stands in the file. */
  private static final long FILE_MAGIC = 0x6c61772d6d646e64L;

  /** The bytes 'r' 'e' 'c' 0xec, which begin every record. */
  static final int RECORD_MAGIC = 0xec636572;

  /** No record is longer; what claims to be is damage. */
  static final int MAX_RECORD_BYTES = 256 << 20;

  static final NumberedFiles FILES = new NumberedFiles(".wal");

  private Segment() {}

  /**
   * A file's header: which file of the log it is and the first sequence number that may be in it.
   */
  record Header(int number, long firstSequence) {}

  static ByteBuffer encode(Header header) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(FILE_MAGIC).putInt(VERSION).putInt(header.number).putLong(header.firstSequence);
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, 24);
    out.putInt((int) crc.getValue()).putInt(0);
    return out.flip();
  }

  /** Reads a header; null where it is damaged. */
  static @Nullable Header decodeHeader(ByteBuffer in) {
    return isSound(in) && in.getInt(8) == VERSION
        ? new Header(in.getInt(12), in.getLong(16))
        : null;
  }

  /** The version in a header with our magic number and the right checksum; 0 for others. */
  static int versionOf(ByteBuffer in) {
    return isSound(in) ? in.getInt(8) : 0;
  }

  private static boolean isSound(ByteBuffer in) {
    if (in.limit() < HEADER_BYTES || in.getLong(0) != FILE_MAGIC) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(in.slice(0, 24));
    return in.getInt(24) == (int) crc.getValue();
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
    int length = in.getInt(offset + 4);
    if (length < 0 || length > MAX_RECORD_BYTES || length > left - FRAME_BYTES) {
      return -1;
    }
    crc.reset();
    update(crc, in, offset + FRAME_BYTES, length);
    update(crc, in, offset + 4, 12);
    return in.getInt(offset + 16) == (int) crc.getValue() ? FRAME_BYTES + length : -1;
  }

  private static void update(CRC32C crc, ByteBuffer in, int offset, int length) {
    int limit = in.limit();
    crc.update(in.limit(offset + length).position(offset));
    in.limit(limit);
  }

  static long sequenceAt(ByteBuffer in, int offset) {
    return in.getLong(offset + 8);
  }
}
