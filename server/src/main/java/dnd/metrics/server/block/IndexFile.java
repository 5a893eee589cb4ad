package dnd.metrics.server.block;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;

/**
 * An index. Each section's checksum is looked at when the section is: those of symbols and tables
 * when the file is opened, that of a list or a series whenever it is read. Safe for use by several
 * threads.
 */
final class IndexFile {
  /** How much of a list of series is read at a time. */
  private static final int POSTINGS_BYTES = 1 << 14;

  private final FileBytes file;
  private final Symbols symbols;
  private final PostingsTable postings;

  /**
   * @throws DamagedBlockException where this is no index that can be read
   */
  IndexFile(FileBytes file) {
    this.file = file;
    InputBytes in = input(0);
    if (in.int32() != BlockLayout.INDEX_MAGIC) {
      throw damage(0, "it does not begin as an index does");
    }
    int version = in.int8();
    if (version != BlockLayout.INDEX_VERSION) {
      throw damage(4, "its version is " + version + "; " + BlockLayout.INDEX_VERSION + " is read");
    }
    long tableAt = file.byteSize() - BlockLayout.TABLE_OF_CONTENTS_BYTES;
    if (tableAt < BlockLayout.INDEX_HEADER_BYTES) {
      throw damage(file.byteSize(), "it is too short");
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
    return file.at(offset);
  }

  DamagedBlockException damage(long offset, String problem) {
    return new DamagedBlockException(file.name(), offset, problem);
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
    checkSum(offset + 4, length(in, offset, what), what);
    return in;
  }

  /** The length of a section, which stands in front of it. */
  private long length(InputBytes in, long offset, String what) {
    long length = in.unsignedInt32();
    if (length < 4 || length > file.byteSize() - offset - 8) {
      throw damage(offset, what + " would be " + length + " bytes long");
    }
    return length;
  }

  private void checkSum(long offset, long length, String what) {
    InputBytes in = input(offset);
    int checksum = in.checksum(length);
    if (in.int32() != checksum) {
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
    return file.atMostTwice(() -> checkedSeries(reference));
  }

  private SeriesEntry checkedSeries(int reference) {
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
    into.or(file.atMostTwice(() -> checkedPostings(offset)));
  }

  /**
   * What is told is what the checksum was taken of: far away, it may be another at a second look.
   */
  private RoaringBitmap checkedPostings(long offset) {
    String what = "a list of series";
    InputBytes in = input(offset);
    long length = length(in, offset, what);
    byte[] bytes = new byte[(int) Math.min(length, POSTINGS_BYTES)];
    int[] numbers = new int[bytes.length / 4];
    CRC32C crc = new CRC32C();
    RoaringBitmap series = new RoaringBitmap();
    long count = 0;
    for (long done = 0; done < length; done += bytes.length) {
      int n = (int) Math.min(bytes.length, length - done);
      in.read(bytes, n);
      crc.update(bytes, 0, n);
      ByteBuffer.wrap(bytes).asIntBuffer().get(numbers, 0, n / 4);
      if (done == 0) {
        count = Integer.toUnsignedLong(numbers[0]);
        series.addN(numbers, 1, n / 4 - 1);
      } else {
        series.addN(numbers, 0, n / 4);
      }
    }
    if (in.int32() != (int) crc.getValue()) {
      throw damage(offset, "the checksum of " + what + " is wrong");
    }
    if (length != 4 + 4 * count) {
      throw damage(offset, "a list of " + count + " series in " + length + " bytes");
    }
    return series;
  }
}
