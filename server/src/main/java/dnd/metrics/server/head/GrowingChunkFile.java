package dnd.metrics.server.head;

import dnd.metrics.server.wal.LogFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@link ChunkFile} that finished chunks are added to, in memory, as docs/format/chunk-file.md
 * draws it. Who adds a chunk publishes its place to those who read it. For one thread at a time.
 */
final class GrowingChunkFile {
  /** "dndm-chu" as it stands in the file. */
  private static final long MAGIC = 0x7568632d6d646e64L;

  static final int VERSION = 1;

  private static final int FIRST_BYTES = 16 * ChunkFilePages.PAGE_BYTES;

  /**
   * It is not larger, unless a single chunk is. A page less than 4 MiB, so that with the array's
   * own head it does not begin one more of the heap's regions.
   */
  private static final int FULL_BYTES = (4 << 20) - ChunkFilePages.PAGE_BYTES;

  private static final int PIECE_BYTES = 64 * ChunkFilePages.PAGE_BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NONE = {};

  /** Where arrays come from. */
  interface Memory {
    /**
     * @throws OutOfMemoryError where there is no piece of memory so large
     */
    byte[] array(int bytes);
  }

  private final Memory memory;
  private final ChunkFile file;

  /**
   * Whole pages, zero behind the chunks. Nothing that lives for long refers to it but this and the
   * file, and neither does so afterwards: the collector takes an array of that size away at once,
   * but not before a marking where an old object refers to it, though nobody had that any more.
   */
  private byte[] bytes;

  private int size = ChunkFile.HEADER_BYTES;

  GrowingChunkFile(Memory memory) {
    this(memory, FIRST_BYTES);
  }

  private GrowingChunkFile(Memory memory, int capacity) {
    this.memory = memory;
    this.bytes = memory.array(capacity);
    this.file = new ChunkFile(bytes);
  }

  /**
   * An empty one with as much room as this one has come to; with little where there is no piece of
   * memory so large, though smaller ones may be there.
   */
  GrowingChunkFile follow() {
    try {
      return new GrowingChunkFile(memory, Math.min(bytes.length, FULL_BYTES));
    } catch (OutOfMemoryError e) {
      return new GrowingChunkFile(memory);
    }
  }

  ChunkFile file() {
    return file;
  }

  boolean isEmpty() {
    return size == ChunkFile.HEADER_BYTES;
  }

  /** Whether no series has one of its chunks. */
  boolean isUnused() {
    return file.inUse() == 0;
  }

  /** Makes room for a chunk; false where this one is full, or there is no memory for it to grow. */
  boolean makeRoomFor(int chunkBytes) {
    int more = ChunkFile.CHUNK_HEAD_BYTES + chunkBytes;
    if (!isEmpty() && size + more > FULL_BYTES) {
      return false;
    }
    try {
      ensureRoom(more);
      return true;
    } catch (OutOfMemoryError e) {
      if (isEmpty()) {
        throw e; // another would have no more
      }
      return false;
    }
  }

  /** Adds a chunk, which a series has; there must be room for it. */
  ChunkPlace add(long firstMillis, long lastMillis, int encoding, byte[] chunk) {
    int spanAndEncoding = ChunkFile.spanAndEncoding(firstMillis, lastMillis, encoding);
    int offset = size;
    LONG.set(bytes, offset, firstMillis);
    INT.set(bytes, offset + 8, spanAndEncoding);
    INT.set(bytes, offset + 12, chunk.length);
    System.arraycopy(chunk, 0, bytes, offset + ChunkFile.CHUNK_HEAD_BYTES, chunk.length);
    size = offset + ChunkFile.CHUNK_HEAD_BYTES + chunk.length;
    ChunkPlace place = new ChunkPlace(file, offset);
    file.use(1); // last, as there may be no memory for the place
    return place;
  }

  private void ensureRoom(int more) {
    int needed = size + more;
    if (needed > bytes.length) {
      int wanted = Math.max(needed, Math.min(2 * bytes.length, FULL_BYTES));
      byte[] larger = memory.array(ChunkFilePages.pagesOf(wanted) * ChunkFilePages.PAGE_BYTES);
      System.arraycopy(bytes, 0, larger, 0, size);
      bytes = larger;
      file.inMemory(larger);
    }
  }

  /**
   * Writes the file with that number, of whole pages; nothing may be added afterwards. Piece by
   * piece, since it takes so long that a buffer of all would become an old object.
   */
  void write(LogFile made, int number) throws IOException {
    LONG.set(bytes, 0, MAGIC);
    INT.set(bytes, 8, VERSION);
    INT.set(bytes, 12, number);
    LONG.set(bytes, 16, (long) size);
    INT.set(bytes, 24, ChunkFilePages.checksum(ByteBuffer.wrap(bytes, 0, 24)));
    INT.set(bytes, 28, 0);
    int length = ChunkFilePages.pagesOf(size) * ChunkFilePages.PAGE_BYTES;
    ByteBuffer protection = ChunkFilePages.protection(ByteBuffer.wrap(bytes, 0, length));
    byte[] piece = new byte[Math.min(length, PIECE_BYTES)];
    for (int at = 0; at < length; at += piece.length) {
      int n = Math.min(length - at, piece.length);
      System.arraycopy(bytes, at, piece, 0, n);
      made.write(ByteBuffer.wrap(piece, 0, n), at);
    }
    made.write(protection, length);
  }

  /** The file with that number is on the disk, and there its chunks are from now on. */
  void stored(int number, MemorySegment mapped) {
    file.onDisk(number, mapped);
    bytes = NONE;
  }
}
