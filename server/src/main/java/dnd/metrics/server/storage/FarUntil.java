package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when samples may be in the object store only: every block of which the local disk has no
 * copy ends before. It is in the file {@code far-until} (docs/format/blocks.md), so that a start
 * knows from when on it has everything here before it was looked what is in the store. Where the
 * file is missing, damaged or of another store, nothing is known. Safe for use by several threads.
 */
final class FarUntil {
  private static final Logger LOG = LoggerFactory.getLogger(FarUntil.class);

  static final String FILE = "far-until";

  private static final int MAGIC = 0x46415255;
  private static final byte VERSION = 1;
  private static final int CHECKSUM_BYTES = 4;
  private static final int HEADER_BYTES = 13;

  private static final long UNKNOWN = Long.MAX_VALUE;

  private final BlockFiles files;
  private final byte[] store;
  private volatile long until;

  /**
   * @param store whose blocks may be in no other place: its address
   */
  FarUntil(BlockFiles files, String store) throws IOException {
    this.files = files;
    this.store = store.getBytes(StandardCharsets.UTF_8);
    this.until = files.list("").contains(FILE) ? read() : UNKNOWN;
  }

  /** Unix milliseconds; the largest long where it is not known. */
  long millis() {
    return until;
  }

  /**
   * Where it is not known, it is from now on.
   *
   * @param seen what it is by what is here and in the store now
   */
  synchronized void learn(LongSupplier seen) throws IOException {
    if (until == UNKNOWN) {
      write(seen.getAsLong());
    }
  }

  /**
   * A block that ends then is about to be in the store only. When this returns that, or that
   * nothing is known, would survive a power cut.
   */
  synchronized void raise(long endMillis) throws IOException {
    if (endMillis <= until) {
      return;
    }
    try {
      write(endMillis);
    } catch (IOException e) { // as on a full disk, to which the block that goes gives room
      LOG.warn("{} cannot be written and is removed: {}", files.describe(FILE), e.getMessage());
      forget();
    }
  }

  /** Nothing is known any more, also after a power cut. */
  synchronized void forget() throws IOException {
    until = UNKNOWN;
    remove(files);
  }

  /** The same before anybody has read it. */
  static void remove(BlockFiles files) throws IOException {
    files.delete(FILE + BlockFiles.PARTIAL_SUFFIX);
    files.delete(FILE);
    files.forceFolder("");
  }

  private void write(long millis) throws IOException {
    byte[] bytes = new byte[HEADER_BYTES + store.length + CHECKSUM_BYTES];
    ByteBuffer out = ByteBuffer.wrap(bytes).putInt(MAGIC).put(VERSION).putLong(millis).put(store);
    out.putInt(checksum(bytes));
    files.replace(FILE, bytes);
    files.forceFolder("");
    until = millis;
  }

  private long read() throws IOException {
    byte[] bytes;
    try (Arena arena = Arena.ofConfined()) {
      bytes = files.map(FILE, arena).toArray(ValueLayout.JAVA_BYTE);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES
        || in.getInt(bytes.length - CHECKSUM_BYTES) != checksum(bytes)) {
      LOG.warn(
          "{} is damaged: what is here may not be all until it was looked what is in the object"
              + " store",
          files.describe(FILE));
      return UNKNOWN;
    }
    boolean isOurs =
        in.getInt() == MAGIC
            && in.get() == VERSION
            && Arrays.equals(
                store, Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length - CHECKSUM_BYTES));
    return isOurs ? in.getLong(HEADER_BYTES - Long.BYTES) : UNKNOWN;
  }

  /** Of all but itself. */
  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
    return (int) crc.getValue();
  }
}
