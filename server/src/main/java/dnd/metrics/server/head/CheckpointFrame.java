package dnd.metrics.server.head;

import dnd.metrics.server.wal.NumberedFiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a checkpoint's header and frames, as docs/format/checkpoint.md draws them. All
 * numbers are little-endian.
 */
final class CheckpointFrame {
  static final int VERSION = 3;
  static final int HEADER_BYTES = 32;
  static final int FRAME_BYTES = 24;

  /** "dndm-chk" as it stands in the file. */
  private static final long FILE_MAGIC = 0x6b68632d6d646e64L;

  /** The bytes 'f' 'r' 'm' 0xed, which begin every frame. */
  private static final int MAGIC = 0xed6d7266;

  /** No frame is longer; what claims to be is damage. */
  static final int MAX_BODY_BYTES = 1 << 30;

  static final NumberedFiles FILES = new NumberedFiles(".checkpoint");

  private CheckpointFrame() {}

  /** What a frame holds, by its number in the file. */
  enum Kind {
    PAIRS(1),
    SENDER(2),
    SERIES(3),
    RECENT(4),
    METADATA(5),
    END(6),
    POSTINGS(7),
    NAMES(8),
    CHUNK_FILES(9);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    static @Nullable Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return null;
    }
  }

  /**
   * A file's header.
   *
   * @param number of the checkpoint
   * @param sequence the last record of the log of which nothing is needed any more: all that it and
   *     those before it did is in the checkpoint
   */
  record Header(int number, long sequence) {}

  /**
   * A frame's head.
   *
   * @param sequence the last record of the log that may have changed what the frame holds and is in
   *     it
   */
  record Head(Kind kind, int length, long sequence, int checksum) {}

  static ByteBuffer encode(Header header) {
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(FILE_MAGIC).putInt(VERSION).putInt(header.number).putLong(header.sequence);
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
    crc.update(in.array(), in.arrayOffset(), 24);
    return in.getInt(24) == (int) crc.getValue();
  }

  /** The head of a frame with that body. */
  static ByteBuffer encode(Kind kind, long sequence, ByteBuffer body) {
    ByteBuffer out = ByteBuffer.allocate(FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(kind.number).putInt(body.remaining()).putLong(sequence);
    return out.putInt(checksum(out.array(), body)).flip();
  }

  /** Reads the head of a frame; null where there is none. */
  static @Nullable Head decode(ByteBuffer in) {
    if (in.limit() < FRAME_BYTES || in.getInt(0) != MAGIC) {
      return null;
    }
    Kind kind = Kind.of(in.getInt(4));
    int length = in.getInt(8);
    return kind == null || length < 0 || length > MAX_BODY_BYTES
        ? null
        : new Head(kind, length, in.getLong(12), in.getInt(20));
  }

  /** The head of a frame at an offset of a file; null where there is none. */
  static @Nullable Head decode(ByteBuffer in, int at) {
    return decode(in.slice(at, Math.min(FRAME_BYTES, in.limit() - at)).order(in.order()));
  }

  /** Of the body, followed by the first 20 bytes of the head. */
  static int checksum(byte[] head, ByteBuffer body) {
    CRC32C crc = new CRC32C();
    crc.update(body.duplicate());
    crc.update(head, 0, 20);
    return (int) crc.getValue();
  }
}
