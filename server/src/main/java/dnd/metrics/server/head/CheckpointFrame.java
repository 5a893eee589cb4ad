package dnd.metrics.server.head;

import dnd.metrics.server.wal.FileHeader;
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
  /**
   * "dndm-chk" as it stands in the file; the header's sequence is that of the last record of the
   * log of which nothing is needed any more: all that it and those before it did is in the
   * checkpoint.
   */
  static final FileHeader.Kind KIND = new FileHeader.Kind(0x6b68632d6d646e64L, 3);

  static final int FRAME_BYTES = 24;

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
   * A frame's head.
   *
   * @param sequence the last record of the log that may have changed what the frame holds and is in
   *     it
   */
  record Head(Kind kind, int length, long sequence, int checksum) {}

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
