package dnd.metrics.server.head;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.wal.NumberedFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finished chunks of many series (docs/format/chunk-file.md): on the heap at first, while more are
 * added, later in a file that is mapped into memory. That is written whole, and nothing in it
 * changes, but that damaged pages of it are {@link #mend mended}. A chunk is known by the offset of
 * its head, which is the same in both, so who has it need not be told. The mapping lasts as long as
 * somebody holds this object, also when the file has lost its name. Safe for use by several
 * threads.
 */
final class ChunkFile {
  static final int HEADER_BYTES = 32;
  static final int CHUNK_HEAD_BYTES = 16;

  static final NumberedFiles FILES = new NumberedFiles(".chunks");

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What it has in the place of a number while it is on the heap. */
  private static final int NO_NUMBER = 0;

  /** The chunks while they are on the heap, with room behind them. */
  private volatile byte @Nullable [] memory;

  /** The file and its number, once there is nothing in {@link #memory}. */
  private MemorySegment mapped;

  private int number;

  /**
   * A bit for each page of {@link #mapped} that was found sound since {@link #lookAnew}. Set
   * without a lock: where one is lost, the page is looked at once more. It follows {@link #mapped},
   * and is read before it.
   */
  private volatile long[] soundPages;

  /** Pages of it that a start found damaged beyond repair. */
  private final BitSet lost;

  /** The same, found since then; a page may become readable again. */
  private volatile BitSet beyondMending = new BitSet();

  /** How many of its chunks series have. */
  private final AtomicInteger inUse = new AtomicInteger();

  /** One that is on the heap. */
  ChunkFile(byte[] memory) {
    this(NO_NUMBER, MemorySegment.NULL, new BitSet());
    this.memory = memory;
  }

  ChunkFile(int number, MemorySegment mapped) {
    this(number, mapped, new BitSet());
  }

  ChunkFile(int number, MemorySegment mapped, BitSet lost) {
    this.number = number;
    this.mapped = mapped;
    this.lost = lost;
    this.soundPages = unknownPages(mapped);
  }

  /** Its chunks, and more, are in another array from now on. */
  void inMemory(byte[] larger) {
    memory = larger;
  }

  /** It is a file from now on. */
  void onDisk(int newNumber, MemorySegment newMapped) {
    long[] nothing = unknownPages(newMapped); // first, as there may be no memory for it
    mapped = newMapped;
    number = newNumber;
    soundPages = nothing;
    memory = null; // last: who finds none looks at the others
  }

  /**
   * Looks at all of a file in which a chunk was found damaged, and reads it from memory from now
   * on, as it should be, where its parity can make it good.
   *
   * @return what was found; null where that chunk is known to be beyond that
   */
  synchronized ChunkFilePages.@Nullable Finding mend(int offset) {
    int page = unsoundPage(offset);
    if (!isOnDisk() || (page >= 0 && beyondMending.get(page))) {
      return null;
    }
    ChunkFilePages.Finding finding = ChunkFilePages.check(mapped);
    switch (finding) {
      case ChunkFilePages.Finding.Sound _ -> {} // another thread was faster
      case ChunkFilePages.Finding.Repaired repaired -> onDisk(number, repaired.content());
      case ChunkFilePages.Finding.Lost damaged -> {
        beyondMending = damaged.lost();
        onDisk(number, damaged.content());
      }
    }
    return finding;
  }

  /** All of it, to be written anew. */
  ByteBuffer toWrite() {
    return content().asByteBuffer();
  }

  /** Whether it is a file. */
  boolean isOnDisk() {
    return memory == null;
  }

  private MemorySegment content() {
    byte[] bytes = memory;
    return bytes == null ? mapped : MemorySegment.ofArray(bytes);
  }

  /** The second word of a chunk's head; chunks do not reach over the end of a range. */
  static int spanAndEncoding(long firstMillis, long lastMillis, int encoding) {
    long span = lastMillis - firstMillis;
    if (span < 0 || span >= 1 << 24 || encoding < 0 || encoding > 0xff) {
      throw new IllegalArgumentException(
          "a chunk of encoding " + encoding + " from " + firstMillis + " to " + lastMillis);
    }
    return (int) span << 8 | encoding;
  }

  /** The number in its name, of one on the disk. */
  int number() {
    return number;
  }

  /** The version of the format, where its first page is sound. */
  int version() {
    return content().get(INT, 8);
  }

  /** How large it is, of one on the disk. */
  long bytes() {
    return content().byteSize();
  }

  /** Whether a chunk lies, in part at least, where the file was found damaged beyond repair. */
  boolean isLost(int offset) {
    if (lost.isEmpty()) {
      return false;
    }
    int unsound = unsoundPage(offset);
    return unsound >= 0 && lost.get(unsound);
  }

  /**
   * Whether all pages that a chunk is in have the checksums that were written with them. A page is
   * looked at once, until {@link #lookAnew}; what is on the heap is not.
   */
  boolean isSound(int offset) {
    return unsoundPage(offset) < 0;
  }

  /** The first page of a chunk that has another checksum; negative for none. */
  private int unsoundPage(int offset) {
    if (!isOnDisk()) {
      return -1;
    }
    long[] sound = soundPages;
    MemorySegment content = mapped;
    int headEnd = offset + CHUNK_HEAD_BYTES - 1;
    int unsound = unsoundPage(content, sound, offset, headEnd);
    if (unsound >= 0) {
      return unsound;
    }
    int length = content.get(INT, offset + 12);
    return fits(content, offset, length)
        ? unsoundPage(content, sound, headEnd, headEnd + length)
        : headEnd / ChunkFilePages.PAGE_BYTES; // it turned over since the page was looked at
  }

  private static boolean fits(MemorySegment content, int offset, int length) {
    return length >= 0 && length <= content.byteSize() - offset - CHUNK_HEAD_BYTES;
  }

  private static int unsoundPage(MemorySegment content, long[] sound, int from, int to) {
    int last = to / ChunkFilePages.PAGE_BYTES;
    for (int page = from / ChunkFilePages.PAGE_BYTES; page <= last; page++) {
      long bit = 1L << (page & 63);
      if ((sound[page >> 6] & bit) == 0) {
        if (!ChunkFilePages.isSound(content, page)) {
          return page;
        }
        sound[page >> 6] |= bit;
      }
    }
    return -1;
  }

  /** No page is known to be sound from now on. */
  void lookAnew() {
    soundPages = unknownPages(mapped);
  }

  private static long[] unknownPages(MemorySegment content) {
    int pages = (int) (content.byteSize() / ChunkFilePages.PAGE_BYTES);
    return new long[pages / 64 + 1];
  }

  /** Time of a chunk's first sample, Unix milliseconds. */
  long firstMillis(int offset) {
    return content().get(LONG, offset);
  }

  /** Time of a chunk's last sample, Unix milliseconds. */
  long lastMillis(int offset) {
    return firstMillis(offset) + (content().get(INT, offset + 8) >>> 8);
  }

  int encoding(int offset) {
    return content().get(INT, offset + 8) & 0xff;
  }

  int length(int offset) {
    return content().get(INT, offset + 12);
  }

  /** A copy of a chunk's bytes; null where they, or its length, have another checksum by now. */
  byte @Nullable [] soundBytes(int offset, int checksum) {
    MemorySegment content = content();
    int length = content.get(INT, offset + 12);
    if (!fits(content, offset, length)) {
      return null;
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(content, ValueLayout.JAVA_BYTE, offset + CHUNK_HEAD_BYTES, bytes, 0, length);
    return ChunkFilePages.checksum(ByteBuffer.wrap(bytes)) == checksum ? bytes : null;
  }

  /** Copies a chunk's bytes to the beginning of an array. */
  void copy(int offset, byte[] into) {
    MemorySegment.copy(
        content(), ValueLayout.JAVA_BYTE, offset + CHUNK_HEAD_BYTES, into, 0, length(offset));
  }

  /** A copy of a chunk's bytes. */
  byte[] bytes(int offset) {
    byte[] bytes = new byte[length(offset)];
    copy(offset, bytes);
    return bytes;
  }

  /** A chunk as a block takes it, where it stands. */
  EncodedChunk encoded(int offset) {
    return new EncodedChunk(
        firstMillis(offset),
        lastMillis(offset),
        encoding(offset),
        content().asSlice(offset + CHUNK_HEAD_BYTES, length(offset)));
  }

  /**
   * Takes its pages out of this process' memory; they stay in the kernel's cache for as long as
   * nothing else needs that, and come back when they are read.
   */
  void unload() {
    MemorySegment content = content();
    if (content.isMapped()) {
      content.unload();
    }
  }

  /** Series have so many of its chunks from now on. */
  void use(int more) {
    inUse.addAndGet(more);
  }

  /** A series does not have one of its chunks any more. */
  void release() {
    inUse.decrementAndGet();
  }

  int inUse() {
    return inUse.get();
  }
}
