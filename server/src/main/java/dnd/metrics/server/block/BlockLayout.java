package dnd.metrics.server.block;

import java.util.Locale;

/** Names and numbers of the files of a block, which writer and reader share. */
final class BlockLayout {
  static final String INDEX = "index";
  static final String META = "meta.json";
  static final String TOMBSTONES = "tombstones";
  static final String CHUNKS = "chunks";

  /** What the folder of a block is called until it is whole; Prometheus removes such ones too. */
  static final String TEMPORARY_SUFFIX = ".tmp-for-creation";

  /** What the folder of a block is called once it is no more. */
  static final String DELETED_SUFFIX = ".tmp-for-deletion";

  /** What the other content of a file is called until it is whole. */
  static final String PARTIAL_SUFFIX = ".tmp";

  /** Series before they are written to the index; gone when the block is whole. */
  static final String SERIES_SPILL = "series.tmp";

  static final int INDEX_MAGIC = 0xBAAAD700;
  static final int INDEX_VERSION = 2;
  static final int INDEX_HEADER_BYTES = 5;
  static final int TABLE_OF_CONTENTS_BYTES = 6 * 8 + 4;

  /** Series begin at multiples of this; their references count in it. */
  static final int SERIES_ALIGNMENT = 16;

  static final int CHUNKS_MAGIC = 0x85BD40DD;
  static final int CHUNKS_VERSION = 1;
  static final int SEGMENT_HEADER_BYTES = 8;
  static final int SEGMENT_BYTES = 512 << 20;

  static final int TOMBSTONES_MAGIC = 0x0130BA30;
  static final int TOMBSTONES_VERSION = 1;

  static final int CHECKSUM_BYTES = 4;

  private BlockLayout() {}

  /** Segments are numbered from 1. */
  static String segment(int number) {
    return String.format(Locale.ROOT, "%06d", number);
  }

  static String path(String folder, String name) {
    return folder + "/" + name;
  }
}
