package dnd.metrics.server.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;

/**
 * A mapped index. Each section's checksum is looked at when the section is: those of symbols and
 * tables when the file is opened, that of a list or a series whenever it is read. Safe for use by
 * several threads.
 */
final class IndexFile {
  private final MemorySegment data;
  private final String file;
  private final Symbols symbols;
  private final PostingsTable postings;

  /**
   * @param file how messages name it
   * @throws DamagedBlockException where this is no index that can be read
   */
  IndexFile(MemorySegment data, String file) {
    this.data = data;
    this.file = file;
    InputBytes in = input(0);
    if (in.int32() != BlockLayout.INDEX_MAGIC) {
      throw damage(0, "it does not begin as an index does");
    }
    int version = in.int8();
    if (version != BlockLayout.INDEX_VERSION) {
      throw damage(4, "its version is " + version + "; " + BlockLayout.INDEX_VERSION + " is read");
    }
    long tableAt = data.byteSize() - BlockLayout.TABLE_OF_CONTENTS_BYTES;
    if (tableAt < BlockLayout.INDEX_HEADER_BYTES) {
      throw damage(data.byteSize(), "it is too short");
    }
    int checked = BlockLayout.TABLE_OF_CONTENTS_BYTES - BlockLayout.CHECKSUM_BYTES;
    checkSum(tableAt, checked, "the table of contents");
    in.at(tableAt);
    long symbolsAt = in.int64();
    in.skip(4 * 8);
    long postingsTableAt = in.int64();
    this.symbols = new Symbols(this, section(symbolsAt, "the symbols"));
    this.postings = new PostingsTable(this, section(postingsTableAt, "the table of postings"));
  }

  InputBytes input(long offset) {
    return new InputBytes(data, file).at(offset);
  }

  DamagedBlockException damage(long offset, String problem) {
    return new DamagedBlockException(file, offset, problem);
  }

  DamagedBlockException damageOf(int series, String problem) {
    return damage(offset(series), "the series there cannot be read: " + problem);
  }

  private static long offset(int series) {
    return Integer.toUnsignedLong(series) * BlockLayout.SERIES_ALIGNMENT;
  }

  /** Checks a section and returns it from behind its length. */
  private InputBytes section(long offset, String what) {
    InputBytes in = input(offset);
    long length = in.unsignedInt32();
    if (length < 4 || length > data.byteSize() - offset - 8) {
      throw damage(offset, what + " would be " + length + " bytes long");
    }
    checkSum(offset + 4, length, what);
    return in;
  }

  private void checkSum(long offset, long length, String what) {
    CRC32C crc = new CRC32C();
    long at = offset;
    long end = offset + length;
    while (at < end) {
      long n = Math.min(1 << 30, end - at);
      crc.update(data.asSlice(at, n).asByteBuffer());
      at += n;
    }
    if (input(end).int32() != (int) crc.getValue()) {
      throw damage(offset, "the checksum of " + what + " is wrong");
    }
  }

  Symbols symbols() {
    return symbols;
  }

  PostingsTable postings() {
    return postings;
  }

  String symbol(long number) {
    return symbols.get(number);
  }

  /** Reads what the index says of a series. */
  SeriesEntry series(int reference) {
    long offset = offset(reference);
    InputBytes in = input(offset);
    int length = in.length();
    byte[] bytes = in.bytes(length);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    if (in.int32() != (int) crc.getValue()) {
      throw damage(offset, "the checksum of a series is wrong");
    }
    return new SeriesEntry(this, reference, bytes, length);
  }

  /** How many series the list at {@code offset} has. */
  long countPostings(long offset) {
    return input(offset + 4).unsignedInt32();
  }

  /** Adds the series of the list at {@code offset}. */
  void addPostings(long offset, RoaringBitmap into) {
    InputBytes in = section(offset, "a list of series");
    long count = in.unsignedInt32();
    if (count > (data.byteSize() - in.position()) / 4) {
      throw damage(offset, "a list of " + count + " series");
    }
    int[] some = new int[(int) Math.min(count, 4096)];
    long at = in.position();
    for (long done = 0; done < count; done += some.length) {
      int n = (int) Math.min(some.length, count - done);
      MemorySegment.copy(data, BIG_ENDIAN_INT, at, some, 0, n);
      into.addN(some, 0, n);
      at += 4L * n;
    }
  }

  private static final ValueLayout.OfInt BIG_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
}
