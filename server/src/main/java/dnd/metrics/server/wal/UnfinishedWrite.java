package dnd.metrics.server.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Tells what a power cut left of a log's last write from damage.
 *
 * <p>One write at a time is not forced yet. Where the power goes meanwhile, the disk has kept any
 * of its sectors, in no order. A sector that it has not kept reads as zeros behind what was there
 * before: files are filled with zeros, or did not reach so far. So a hole is where sectors are zero
 * and no later write begins in the file, since that one would have waited for this one's force.
 * Elsewhere zeros are damage, and so is whatever else cannot be read: what is behind it may have
 * been acknowledged.
 */
final class UnfinishedWrite {
  /** What disks write whole or not at all; those with larger sectors keep several of these. */
  static final int SECTOR_BYTES = 512;

  private UnfinishedWrite() {}

  /**
   * Whether there is a hole where nothing can be read from {@code from}, the end of a sound record
   * or of the header, to {@code next}, where a sound record is. Moves the buffer's position.
   */
  static boolean hasHole(ByteBuffer in, int from, int next, CRC32C crc) {
    return Segment.hasMarks(in) && lacksASector(in, from, next) && !beginsFrom(in, next, crc);
  }

  private static boolean lacksASector(ByteBuffer in, int from, int to) {
    int at = from;
    for (int end = (from | SECTOR_BYTES - 1) + 1; end <= to; end += SECTOR_BYTES) {
      if (isZero(in, at, end)) {
        return true;
      }
      at = end;
    }
    return false;
  }

  private static boolean isZero(ByteBuffer in, int from, int to) {
    int at = from;
    while (at < to && in.get(at) == 0) {
      at++;
    }
    return at == to;
  }

  /** Whether a write begins with a sound record at {@code from}, where there is one, or later. */
  private static boolean beginsFrom(ByteBuffer in, int from, CRC32C crc) {
    int at = from;
    while (at >= 0) {
      int length = Segment.soundRecordAt(in, at, crc);
      if (length > 0 && Segment.isFirstOfWrite(in, at)) {
        return true;
      }
      at = length > 0 ? at + length : Segment.nextSoundRecord(in, at + 1, crc);
    }
    return false;
  }
}
