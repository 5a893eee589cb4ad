package dnd.metrics.server.head;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What protects a {@link ChunkFile} against bits that turn over (docs/format/chunk-file.md): its
 * content is pages, in stripes of at most 64, each stripe has a page of parity (the exclusive or of
 * its pages), and every page a checksum. So one damaged page of a stripe is known and can be made
 * anew. Checkpoints share these files, so there is no older one to fall back on.
 *
 * <p>A page belongs to the stripe that is the remainder of its number by how many stripes there
 * are: neighbors are in different ones.
 */
final class ChunkFilePages {
  static final int PAGE_BYTES = 4096;
  private static final int STRIPE_PAGES = 64;

  /** Behind the checksums: their checksum, and zero. */
  private static final int END_BYTES = 8;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** How many pages of content, and of parity behind it. */
  private final int pages;

  private final int stripes;

  private ChunkFilePages(int pages) {
    this.pages = pages;
    this.stripes = stripes(pages);
  }

  private static int stripes(int pages) {
    return (pages + STRIPE_PAGES - 1) / STRIPE_PAGES;
  }

  /** How many pages so many bytes take. */
  static int pagesOf(int bytes) {
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
  }

  /** What a check of a whole file found. */
  sealed interface Finding {
    record Sound() implements Finding {}

    /**
     * Damaged at an offset.
     *
     * @param content all of it as it should be
     */
    record Repaired(long offset, MemorySegment content) implements Finding {}

    /**
     * Damaged at an offset, and more than can be made anew.
     *
     * @param lost the pages that cannot be read
     * @param content the file, or a copy with other damaged pages as they should be; each page has
     *     its checksum but the lost ones
     */
    record Lost(long offset, BitSet lost, MemorySegment content) implements Finding {}
  }

  /**
   * Parity and checksums of content.
   *
   * @param content whole pages
   * @return what is to be written behind it
   */
  static ByteBuffer protection(ByteBuffer content) {
    ChunkFilePages layout = new ChunkFilePages(content.remaining() / PAGE_BYTES);
    int all = layout.pages + layout.stripes;
    byte[] out = new byte[layout.stripes * PAGE_BYTES + 4 * all + END_BYTES];
    MemorySegment data = MemorySegment.ofBuffer(content);
    for (int page = 0; page < layout.pages; page++) {
      xor(data, page * (long) PAGE_BYTES, out, page % layout.stripes * PAGE_BYTES);
    }
    ByteBuffer result = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    result.position(layout.stripes * PAGE_BYTES);
    for (int page = 0; page < layout.pages; page++) {
      result.putInt(checksum(content.slice(page * PAGE_BYTES, PAGE_BYTES)));
    }
    for (int stripe = 0; stripe < layout.stripes; stripe++) {
      result.putInt(checksum(result.slice(stripe * PAGE_BYTES, PAGE_BYTES)));
    }
    result.putInt(checksum(result.slice(layout.stripes * PAGE_BYTES, 4 * all)));
    return result.rewind();
  }

  static int checksum(ByteBuffer some) {
    CRC32C crc = new CRC32C();
    crc.update(some);
    return (int) crc.getValue();
  }

  private static void xor(MemorySegment from, long fromOffset, byte[] into, int intoOffset) {
    MemorySegment target = MemorySegment.ofArray(into);
    for (int i = 0; i < PAGE_BYTES; i += Long.BYTES) {
      long sum =
          from.get(ValueLayout.JAVA_LONG_UNALIGNED, fromOffset + i)
              ^ target.get(ValueLayout.JAVA_LONG_UNALIGNED, intoOffset + i);
      target.set(ValueLayout.JAVA_LONG_UNALIGNED, intoOffset + i, sum);
    }
  }

  /** The layout of a file of that size; null where no file is so large. */
  private static @Nullable ChunkFilePages of(long size) {
    long all = (size - END_BYTES) / (PAGE_BYTES + 4);
    if (all < 2 || all > Integer.MAX_VALUE / (PAGE_BYTES + 4)) {
      return null;
    }
    int pages = (int) (all - (all + STRIPE_PAGES) / (STRIPE_PAGES + 1));
    ChunkFilePages layout = new ChunkFilePages(pages);
    return layout.pages + layout.stripes == all && layout.size() == size ? layout : null;
  }

  private long size() {
    return (pages + stripes) * (long) (PAGE_BYTES + 4) + END_BYTES;
  }

  /** Looks at all of a file. */
  static Finding check(MemorySegment file) {
    ChunkFilePages layout = of(file.byteSize());
    if (layout == null) {
      BitSet all = new BitSet();
      all.set(0, pagesOf((int) file.byteSize()));
      return new Finding.Lost(0, all, file);
    }
    return layout.checkAll(file);
  }

  private Finding checkAll(MemorySegment file) {
    int all = pages + stripes;
    long sums = all * (long) PAGE_BYTES;
    int sumOfSums = file.get(INT, sums + 4L * all);
    if (checksum(file.asSlice(sums, 4L * all).asByteBuffer()) != sumOfSums) {
      return checkWithoutSums(file, sums);
    }
    BitSet damaged = new BitSet();
    for (int page = 0; page < all; page++) {
      if (!hasItsSum(file, page)) {
        damaged.set(page);
      }
    }
    if (damaged.isEmpty()) {
      return file.get(INT, sums + 4L * all + 4) == 0
          ? new Finding.Sound()
          : rebuilt(file, sums + 4L * all + 4);
    }
    return repair(file, damaged);
  }

  /** Whether one page of a file has the checksum that stands in it. */
  static boolean isSound(MemorySegment file, int page) {
    ChunkFilePages layout = of(file.byteSize());
    return layout != null && page < layout.pages && layout.hasItsSum(file, page);
  }

  private boolean hasItsSum(MemorySegment file, int page) {
    long sums = (pages + stripes) * (long) PAGE_BYTES;
    return file.get(INT, sums + 4L * page)
        == checksum(file.asSlice(page * (long) PAGE_BYTES, PAGE_BYTES).asByteBuffer());
  }

  /** The checksums are damaged: the parity tells whether the pages are. */
  private Finding checkWithoutSums(MemorySegment file, long sums) {
    byte[] rest = new byte[stripes * PAGE_BYTES];
    for (int page = 0; page < pages + stripes; page++) {
      xor(file, page * (long) PAGE_BYTES, rest, stripeOf(page) * PAGE_BYTES);
    }
    BitSet lost = new BitSet();
    for (int page = 0; page < pages; page++) {
      if (!isZero(rest, stripeOf(page) * PAGE_BYTES)) {
        lost.set(page);
      }
    }
    return lost.isEmpty()
        ? rebuilt(file, sums)
        : new Finding.Lost(sums, lost, withSums(file.toArray(ValueLayout.JAVA_BYTE), lost));
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < from + PAGE_BYTES; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private int stripeOf(int page) {
    return page < pages ? page % stripes : page - pages;
  }

  private Finding repair(MemorySegment file, BitSet damaged) {
    byte[] bytes = file.toArray(ValueLayout.JAVA_BYTE);
    MemorySegment copy = MemorySegment.ofArray(bytes);
    long offset = damaged.nextSetBit(0) * (long) PAGE_BYTES;
    BitSet lost = new BitSet();
    int[] damagedOf = new int[stripes];
    damaged.stream().forEach(page -> damagedOf[stripeOf(page)]++);
    for (int page = damaged.nextSetBit(0); page >= 0; page = damaged.nextSetBit(page + 1)) {
      if (damagedOf[stripeOf(page)] == 1) {
        byte[] sum = new byte[PAGE_BYTES];
        for (int other = 0; other < pages + stripes; other++) {
          if (other != page && stripeOf(other) == stripeOf(page)) {
            xor(copy, other * (long) PAGE_BYTES, sum, 0);
          }
        }
        System.arraycopy(sum, 0, bytes, page * PAGE_BYTES, PAGE_BYTES);
      }
      if (page < pages && !hasItsSum(copy, page)) {
        lost.set(page);
      }
    }
    if (lost.isEmpty()) {
      return rebuilt(copy, offset);
    }
    boolean isBetter = lost.cardinality() < damaged.get(0, pages).cardinality();
    return new Finding.Lost(offset, lost, isBetter ? copy : file);
  }

  /** Makes the checksums anew, wrong ones for those pages that are lost. */
  private MemorySegment withSums(byte[] bytes, BitSet lost) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int sums = (pages + stripes) * PAGE_BYTES;
    for (int page = 0; page < pages + stripes; page++) {
      int sum = checksum(file.slice(page * PAGE_BYTES, PAGE_BYTES));
      file.putInt(sums + 4 * page, lost.get(page) ? ~sum : sum);
    }
    int all = 4 * (pages + stripes);
    file.putInt(sums + all, checksum(file.slice(sums, all)));
    return MemorySegment.ofArray(bytes);
  }

  /** Its pages of content are sound: parity and checksums are made anew. */
  private Finding.Repaired rebuilt(MemorySegment file, long offset) {
    byte[] content = file.asSlice(0, pages * (long) PAGE_BYTES).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer behind = protection(ByteBuffer.wrap(content));
    byte[] whole = Arrays.copyOf(content, content.length + behind.remaining());
    behind.get(whole, content.length, behind.remaining());
    return new Finding.Repaired(offset, MemorySegment.ofArray(whole));
  }
}
