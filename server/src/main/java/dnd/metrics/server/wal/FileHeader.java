package dnd.metrics.server.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The 32 bytes that begin a file of the log and a checkpoint: what it is, the version of its
 * layout, its number, a sequence number, and a checksum of these, all little-endian.
 *
 * @param number which of the files of its kind it is
 * @param sequence a number of a record of the log, whose meaning is the kind's
 */
public record FileHeader(int number, long sequence) {
  public static final int BYTES = 32;

  private static final int CHECKED_BYTES = 24;

  /**
   * What a kind of file begins with.
   *
   * @param magic its first eight bytes
   * @param version of its layout, 1 or more
   */
  public record Kind(long magic, int version) {
    /** Reads a header of this kind and version; null where it is damaged or another's. */
    public @Nullable FileHeader decode(ByteBuffer in) {
      return isSound(in) && in.getInt(8) == version
          ? new FileHeader(in.getInt(12), in.getLong(16))
          : null;
    }

    /** The version in a sound header of this kind, whichever it is; 0 for others. */
    public int versionIn(ByteBuffer in) {
      return isSound(in) ? in.getInt(8) : 0;
    }

    private boolean isSound(ByteBuffer in) {
      return in.limit() >= BYTES
          && in.getLong(0) == magic
          && in.getInt(CHECKED_BYTES) == checksum(in);
    }
  }

  public ByteBuffer encode(Kind kind) {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(kind.magic).putInt(kind.version).putInt(number).putLong(sequence);
    return out.putInt(checksum(out)).putInt(0).flip();
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CHECKED_BYTES));
    return (int) crc.getValue();
  }
}
