package dnd.metrics.server.storage;

import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The checksums of those pieces of an index that came when it was opened first, at which the
 * index's own checksums were looked at: those of its table of symbols and its table of postings are
 * over all of them. A piece that left the cache and is fetched again has to be the same, as long as
 * it is not the index that is in doubt. Safe for use by several threads.
 */
final class PieceChecksums {
  private final Map<Long, Long> known = new HashMap<>();
  private boolean isOpen;

  /** The index is open: pieces that come now for the first time have checksums in themselves. */
  synchronized void opened() {
    isOpen = true;
  }

  /** Whether a piece that came is as it was before, if it was. */
  synchronized boolean accept(long number, byte[] bytes, int start, int length) {
    if (isOpen && !known.containsKey(number)) {
      return true;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    Long before = known.putIfAbsent(number, crc.getValue());
    return before == null || before == crc.getValue();
  }
}
