package dnd.metrics.server.head;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finished chunks on their way from the heap into a {@link ChunkFile}, those of a series in a row:
 * the file as docs/format/chunk-file.md draws it. Reused from file to file; for one thread.
 */
final class ChunkBatch {
  /** "dndm-chu" as it stands in the file. */
  private static final long MAGIC = 0x7568632d6d646e64L;

  static final int VERSION = 1;

  private final List<HeadSeries> series = new ArrayList<>();
  private final List<FinishedChunk> chunks = new ArrayList<>();
  private final Set<FinishedChunk> known = new HashSet<>();
  private int[] offsets = new int[1024];
  private ByteBuffer bytes = empty(1 << 20);

  private static ByteBuffer empty(int capacity) {
    return ByteBuffer.allocate(capacity)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(ChunkFile.HEADER_BYTES);
  }

  /** Adds a chunk, unless it is there already. */
  void add(HeadSeries of, FinishedChunk chunk) {
    if (!known.add(chunk)) {
      return; // its series has waited more than once
    }
    int n = chunks.size();
    if (n == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * n);
    }
    offsets[n] = bytes.position();
    series.add(of);
    chunks.add(chunk);
    byte[] data = chunk.bytes();
    ensureRoom(ChunkFile.CHUNK_HEAD_BYTES + data.length);
    bytes
        .putLong(chunk.firstMillis())
        .putInt(
            ChunkFile.spanAndEncoding(chunk.firstMillis(), chunk.lastMillis(), chunk.encoding()))
        .putInt(data.length)
        .put(data);
  }

  private void ensureRoom(int more) {
    if (bytes.remaining() < more) {
      ByteBuffer larger = empty(Math.max(2 * bytes.capacity(), bytes.position() + more));
      larger.position(0).put(bytes.flip());
      bytes = larger;
    }
  }

  int size() {
    return chunks.size();
  }

  HeadSeries series(int i) {
    return series.get(i);
  }

  FinishedChunk chunk(int i) {
    return chunks.get(i);
  }

  /** Where a chunk begins in the file. */
  int offset(int i) {
    return offsets[i];
  }

  /** How large the file would be now. */
  int bytes() {
    return bytes.position();
  }

  /** The content of the file, in whole pages; nothing may be added afterwards. */
  ByteBuffer file(int number) {
    int length = bytes.position();
    int rest = ChunkFilePages.pagesOf(length) * ChunkFilePages.PAGE_BYTES - length;
    ensureRoom(rest);
    bytes.put(new byte[rest]);
    bytes.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, number).putLong(16, length);
    bytes.putInt(24, ChunkFilePages.checksum(bytes.slice(0, 24))).putInt(28, 0);
    return bytes.duplicate().flip();
  }

  void clear() {
    series.clear();
    chunks.clear();
    known.clear();
    bytes.clear().position(ChunkFile.HEADER_BYTES);
  }
}
