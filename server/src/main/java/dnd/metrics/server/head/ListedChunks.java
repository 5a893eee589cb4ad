package dnd.metrics.server.head;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Older finished chunks of one series that lives, all in files and in one range of time: where each
 * is stands in a list among the chunks themselves ({@link ChunkStore}), as a checkpoint would have
 * it, and only the list's place is in the heap. Lists of a series are chained, the newest first.
 *
 * <p>A list is memory that the kernel may take back and nothing else: no checkpoint speaks of it,
 * and a start does not look for it. Its file is counted as used by one chunk for as long as the
 * series has it; those of the chunks in it are counted as ever. Immutable, and safe for use by
 * several threads.
 */
final class ListedChunks {
  /** Stands among chunks where they have their encoding. */
  static final int ENCODING = 0xfe;

  /** The list before this one; null where this is the oldest. */
  final @Nullable ListedChunks before;

  /** Time of the first sample in the first chunk. */
  final long firstMillis;

  /** How many chunks. */
  final int count;

  private final int checksum;
  private final ChunkFile file;
  private final int offset;

  /**
   * @param chunks all in files, and in one range
   * @param room to write in
   */
  ListedChunks(
      @Nullable ListedChunks before,
      FinishedChunks chunks,
      ChunkStore store,
      CheckpointBytes room,
      ChunkFileUses uses) {
    room.clear();
    chunks.write(room, uses);
    byte[] list = room.copy();
    this.before = before;
    this.firstMillis = chunks.firstMillis(0);
    this.count = chunks.size();
    this.checksum = ChunkFilePages.checksum(ByteBuffer.wrap(list));
    ChunkPlace place = store.add(0, 0, ENCODING, list);
    this.file = place.file();
    this.offset = place.offset();
  }

  /** The same list behind another one. */
  private ListedChunks(@Nullable ListedChunks before, ListedChunks same) {
    this.before = before;
    this.firstMillis = same.firstMillis;
    this.count = same.count;
    this.checksum = same.checksum;
    this.file = same.file;
    this.offset = same.offset;
  }

  /** Of a chain, those lists that begin before a time; null for none. */
  static @Nullable ListedChunks before(@Nullable ListedChunks newest, long millis) {
    ListedChunks list = newest;
    while (list != null && list.firstMillis >= millis) {
      list = list.before;
    }
    return list;
  }

  /** How many chunks a chain has. */
  static int count(@Nullable ListedChunks newest) {
    int count = 0;
    for (ListedChunks list = newest; list != null; list = list.before) {
      count += list.count;
    }
    return count;
  }

  /**
   * A chain without its first chunks.
   *
   * @param some how many, and they are whole lists
   */
  static @Nullable ListedChunks withoutFirst(@Nullable ListedChunks newest, int some) {
    if (newest == null || some == 0) {
      return newest;
    }
    int others = count(newest.before);
    if (some > others) {
      if (some != others + newest.count) {
        throw new IllegalStateException("a list of chunks reaches over the end of a range");
      }
      return null;
    }
    return new ListedChunks(withoutFirst(newest.before, some), newest);
  }

  /**
   * Puts the chunks behind others, and looks into none of them; false where a file is gone, since
   * the series has not had one of them for a while. Where the list turned over on the disk since it
   * was written, its file is mended first.
   *
   * @throws DamagedSeriesException where more is damaged than can be mended
   */
  boolean addTo(FinishedChunks.Builder others, ChunkStore store) {
    byte[] list = store.soundBytes(file, offset, checksum);
    if (list == null) {
      throw new DamagedSeriesException(
          String.format(
              "%s is damaged at byte %d, beyond what its parity makes good: where %d chunks of a"
                  + " series are stands there, and comes back with the next start of the service",
              store.describe(file), offset, count));
    }
    int before = others.size();
    FinishedChunks.read(new CheckpointCursor(list, 0, list.length), store, others);
    return others.size() == before + count;
  }

  /** Releases those lists of a chain that are, in part at least, among its first chunks. */
  static void releaseFirst(@Nullable ListedChunks newest, int chunks) {
    int before = count(newest);
    for (ListedChunks list = newest; list != null; list = list.before) {
      before -= list.count;
      if (before < chunks) {
        list.release();
      }
    }
  }

  /** The series does not have it any more; the chunks in it may be its still. */
  void release() {
    file.release();
  }
}
