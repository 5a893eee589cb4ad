package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The finished chunks of one series, in order of time, each in a {@link ChunkFile}. The newer ones
 * are at hand, for twelve bytes each; the older ones may be in {@link ListedChunks lists} outside
 * of the heap, and are brought to hand by who needs them. What is said of a number of them, or of a
 * chunk by its number, is of those at hand. No list reaches over the end of a range, and where
 * there are lists of a series that lives, there are chunks at hand, too. Immutable; what is at hand
 * can be read for as long as it is held.
 */
final class FinishedChunks {
  static final FinishedChunks NONE =
      new FinishedChunks(null, 0, Long.MIN_VALUE, new int[0], new ChunkFile[0]);

  /** In the place of those of a series that was parked: they are where it is. */
  static final FinishedChunks PARKED =
      new FinishedChunks(null, 0, Long.MIN_VALUE, new int[0], new ChunkFile[0]);

  /** A list is not longer: who wants one chunk of it reads all. */
  static final int MOST_LISTED = 64;

  static final byte[] NO_ROOM = {};

  /** Stands in a checkpoint where chunks that are there have their encoding. */
  private static final int IN_A_FILE = 0;

  /** How far a chunk may be behind the first one where four bytes say so: 49 days. */
  private static final long FAR_MILLIS = 0xffff_ffffL;

  /** The newest of the lists; null for none. */
  final @Nullable ListedChunks older;

  /** Time of the first sample in the first chunk at hand. */
  private final long firstMillis;

  /** Time of the last sample in the last chunk; of a part maybe later, but before what follows. */
  private final long lastMillis;

  /**
   * Two numbers for each chunk: by how many milliseconds it begins behind the first one (unsigned),
   * and its offset. Where one of them is farther behind it, three: the upper half of the distance,
   * too.
   */
  private final int[] places;

  /** Where each chunk is. */
  private final ChunkFile[] files;

  private FinishedChunks(
      @Nullable ListedChunks older,
      long firstMillis,
      long lastMillis,
      int[] places,
      ChunkFile[] files) {
    this.older = older;
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
    this.places = places;
    this.files = files;
  }

  int size() {
    return files.length;
  }

  /** How many are in lists. */
  int listedCount() {
    return ListedChunks.count(older);
  }

  /** Whether there is none at all. */
  boolean isEmpty() {
    return files.length == 0 && older == null;
  }

  /** Whether each of them is in a file; those in lists are. */
  boolean areOnDisk() {
    for (int i = files.length - 1; i >= 0; i--) { // the last ones are not, if any
      if (!files[i].isOnDisk()) {
        return false;
      }
    }
    return true;
  }

  /** Time of the last sample of all; the smallest long for none. */
  long lastMillis() {
    return lastMillis;
  }

  /** Time of the first sample of all, where there is one. */
  long earliestMillis() {
    long earliest = firstMillis;
    for (ListedChunks list = older; list != null; list = list.before) {
      earliest = list.firstMillis;
    }
    return earliest;
  }

  /** Time of a chunk's first sample. */
  long firstMillis(int i) {
    int at = width() * i;
    long distance = Integer.toUnsignedLong(places[at]);
    if (areFar()) {
      distance |= (long) places[at + 2] << Integer.SIZE;
    }
    return firstMillis + distance;
  }

  private int width() {
    return areFar() ? 3 : 2;
  }

  private static boolean isFar(long firstMillis, long millis) {
    return Long.compareUnsigned(millis - firstMillis, FAR_MILLIS) > 0;
  }

  private boolean areFar() {
    return places.length > 2 * files.length;
  }

  /** Time of a chunk's last sample; looks into the file. */
  long lastMillis(int i) {
    return files[i].lastMillis(offset(i));
  }

  private int offset(int i) {
    return places[width() * i + 1];
  }

  /** The first chunk that does not begin before a time; their number where there is none. */
  int firstBeginning(long millis) {
    int low = 0;
    int high = files.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firstMillis(middle) < millis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * A chunk before which none has samples at a time or behind it; their number where none at all
   * has. Most readers want the last ones.
   */
  int firstFrom(long millis) {
    if (lastMillis < millis) {
      return files.length;
    }
    int last = files.length - 1;
    for (int i = last; i >= Math.max(0, last - 3); i--) {
      if (firstMillis(i) <= millis) {
        return i;
      }
    }
    int begins = firstBeginning(millis);
    return begins == 0 || firstMillis(begins) == millis ? begins : begins - 1;
  }

  /**
   * Replaces what {@code batch} holds by all samples of a chunk.
   *
   * @param room to be used for it, of any size
   * @return room for the next one
   * @throws DamagedSeriesException where more of its file is damaged than can be mended
   */
  byte[] decode(int i, SampleBatch batch, byte[] room, ChunkStore store) {
    ChunkFile file = files[i];
    int offset = offset(i);
    check(file, offset, store);
    int length = file.length(offset);
    byte[] bytes = length <= room.length ? room : new byte[Math.max(256, length)];
    file.copy(offset, bytes);
    Chunk.decode(file.encoding(offset), bytes, 0, length, batch);
    return bytes;
  }

  /**
   * Looks at a chunk that is to be read, and mends its file where that turned over on the disk.
   *
   * @throws DamagedSeriesException where more is damaged than can be mended
   */
  private static void check(ChunkFile file, int offset, ChunkStore store) {
    if (!store.isSound(file, offset)) {
      throw new DamagedSeriesException(
          String.format(
              "%s is damaged near byte %d, beyond what its parity makes good: samples of a series"
                  + " are there, and come back with the next start of the service where the log has"
                  + " them still",
              store.describe(file), offset));
    }
  }

  /** The same of those at hand from one on to another, which is not included. */
  void check(int from, int to, ChunkStore store) {
    for (int i = from; i < to; i++) {
      check(files[i], offset(i), store);
    }
  }

  /** A chunk as a block takes it, once it was {@link #check(int, int, ChunkStore) looked at}. */
  EncodedChunk encoded(int i) {
    return files[i].encoded(offset(i));
  }

  /** These, and one behind them, from one time to another. */
  FinishedChunks plus(long chunkFirstMillis, long chunkLastMillis, ChunkPlace place) {
    int n = files.length;
    long first = n == 0 ? chunkFirstMillis : firstMillis;
    if (areFar() || isFar(first, chunkFirstMillis)) {
      Builder all = new Builder();
      all.addAll(this);
      all.add(chunkFirstMillis, place);
      return all.buildBehind(older, chunkLastMillis);
    }
    int[] morePlaces = Arrays.copyOf(places, 2 * n + 2);
    morePlaces[2 * n] = (int) (chunkFirstMillis - first);
    morePlaces[2 * n + 1] = place.offset();
    ChunkFile[] moreFiles = Arrays.copyOf(files, n + 1);
    moreFiles[n] = place.file();
    return new FinishedChunks(older, first, chunkLastMillis, morePlaces, moreFiles);
  }

  /** Those at hand from one on to another, which is not included, behind lists. */
  private FinishedChunks range(@Nullable ListedChunks lists, int from, int to) {
    if (from >= to && lists == null) {
      return NONE;
    }
    if (from == 0 && to == files.length && older == lists) {
      return this;
    }
    if (from >= to) {
      return new FinishedChunks(
          lists, Long.MAX_VALUE, Long.MAX_VALUE, NONE.places, NONE.files); // a part, to read in
    }
    long last = to == files.length ? lastMillis : firstMillis(to) - 1; // looks into no file
    if (areFar()) {
      Builder some = new Builder();
      for (int i = from; i < to; i++) {
        some.add(this, i);
      }
      return some.buildBehind(lists, last);
    }
    long first = firstMillis(from);
    int[] somePlaces = Arrays.copyOfRange(places, 2 * from, 2 * to);
    for (int i = from; i < to; i++) {
      somePlaces[2 * (i - from)] = (int) (firstMillis(i) - first);
    }
    return new FinishedChunks(lists, first, last, somePlaces, Arrays.copyOfRange(files, from, to));
  }

  /**
   * Has at hand all that may have samples between two times, both included; others may be there,
   * too. Reads no list that is not needed.
   *
   * @return null where a file is gone: the series has others by now
   * @throws DamagedSeriesException where a list that is needed turned over on the disk
   */
  @Nullable FinishedChunks between(long fromMillis, long toMillis, ChunkStore store) {
    if (older == null || firstMillis <= fromMillis) {
      return this;
    }
    List<ListedChunks> wanted = new ArrayList<>();
    long nextMillis = firstMillis;
    for (ListedChunks list = older; list != null && nextMillis > fromMillis; list = list.before) {
      if (list.firstMillis <= toMillis) {
        wanted.add(list);
      }
      nextMillis = list.firstMillis;
    }
    if (wanted.isEmpty()) {
      return this;
    }
    Builder all = new Builder();
    for (ListedChunks list : wanted.reversed()) {
      if (!list.addTo(all, store)) {
        return null;
      }
    }
    all.addAll(this);
    return all.build(lastMillis);
  }

  /** Has all at hand; for who may change what the series has. */
  FinishedChunks all(ChunkStore store) {
    FinishedChunks all = between(Long.MIN_VALUE, Long.MAX_VALUE, store);
    if (all == null) {
      throw new IllegalStateException("a file is gone in which a series has a chunk");
    }
    return all;
  }

  /** Those before a time, which is the end of a range; what is in lists stays there. */
  FinishedChunks before(long endMillis) {
    int count = firstBeginning(endMillis);
    if (count == files.length) {
      return this;
    }
    return range(count > 0 ? older : ListedChunks.before(older, endMillis), 0, count);
  }

  /** How many begin, also in lists, from one time to another, both ends of ranges. */
  int count(long fromMillis, long toMillis) {
    return countBefore(toMillis) - countBefore(fromMillis);
  }

  private int countBefore(long endMillis) {
    return ListedChunks.count(ListedChunks.before(older, endMillis)) + firstBeginning(endMillis);
  }

  /** When the first begins that does so, also in a list, from a time on, the end of a range. */
  long firstMillisFrom(long fromMillis) {
    int begins = firstBeginning(fromMillis);
    long first = begins < files.length ? firstMillis(begins) : Long.MAX_VALUE;
    for (ListedChunks list = older; list != null && list.firstMillis >= fromMillis; ) {
      first = list.firstMillis;
      list = list.before;
    }
    return first;
  }

  /** Those behind so many, of which those in lists are whole lists. */
  FinishedChunks withoutFirst(int some) {
    int listed = listedCount();
    return some < listed
        ? range(ListedChunks.withoutFirst(older, some), 0, files.length)
        : range(null, some - listed, files.length);
  }

  /**
   * Puts the older ones at hand into a list, where it is worth it, in the place of the newest list
   * where that has room; for the thread with the sender's lock. It may be worth it once more then.
   *
   * @param atHand so many of the newest stay there, one at least
   * @param least it is not worth it for fewer; at the end of a range it may be fewer
   * @param room to write in
   * @param uses any
   * @return the same chunks; this where all stay at hand
   * @throws DamagedSeriesException where the newest list turned over on the disk
   */
  FinishedChunks list(
      int atHand, int least, ChunkStore store, CheckpointBytes room, ChunkFileUses uses) {
    int count = files.length - atHand < least ? 0 : countToList(files.length - atHand);
    if (count == 0) {
      return this;
    }
    ListedChunks grown = newestWithRoomFor(count);
    FinishedChunks first = range(null, 0, count);
    ListedChunks list =
        grown == null
            ? new ListedChunks(older, first, store, room, uses)
            : new ListedChunks(grown.before, first.behind(grown, store), store, room, uses);
    FinishedChunks all;
    try {
      all = range(list, count, files.length);
    } catch (OutOfMemoryError e) {
      list.release(); // the file would never be removed
      throw e;
    }
    if (grown != null) {
      grown.release(); // who reads it still holds the file
    }
    return all;
  }

  private @Nullable ListedChunks newestWithRoomFor(int more) {
    ListedChunks list = older;
    return list != null
            && list.count + more <= MOST_LISTED
            && rangeOf(list.firstMillis) == rangeOf(firstMillis)
        ? list
        : null;
  }

  private static long rangeOf(long millis) {
    return Math.floorDiv(millis, HeadSeries.RANGE_MILLIS);
  }

  /** These behind those of a list that the series has. */
  private FinishedChunks behind(ListedChunks list, ChunkStore store) {
    Builder both = new Builder();
    if (!list.addTo(both, store)) {
      throw new IllegalStateException("a file is gone in which a series has a chunk");
    }
    both.addAll(this);
    return both.build(lastMillis);
  }

  /** How many can be in the next list: they are in files, and in one range. */
  private int countToList(int mayBe) {
    long range = rangeOf(firstMillis);
    int atMost = Math.min(mayBe, MOST_LISTED);
    int count = 0;
    while (count < atMost && files[count].isOnDisk() && rangeOf(firstMillis(count)) == range) {
      count++;
    }
    return count;
  }

  /** Says that a series does not have a chunk any more. */
  void release(int i) {
    files[i].release();
  }

  /** Says that a series does not have the first lists any more, with so many chunks. */
  void releaseLists(int chunks) {
    ListedChunks.releaseFirst(older, chunks);
  }

  /** The same of all lists. */
  void releaseLists() {
    ListedChunks.releaseFirst(older, Integer.MAX_VALUE);
  }

  /**
   * For a checkpoint, those at hand, which are all: those on the heap whole, of the others where
   * they are.
   */
  void write(CheckpointBytes out, ChunkFileUses uses) {
    out.unsigned(files.length);
    long before = 0;
    for (int i = 0; i < files.length; i++) {
      long first = firstMillis(i);
      if (i == 0) {
        out.signed(first);
      } else {
        out.unsigned(first - before);
      }
      before = first;
      ChunkFile file = files[i];
      int offset = offset(i);
      if (file.isOnDisk()) {
        out.single(IN_A_FILE);
        out.unsigned(file.number());
        out.unsigned(offset);
        uses.add(file);
      } else {
        out.single(file.encoding(offset));
        out.unsigned(file.lastMillis(offset) - first);
        out.block(file.bytes(offset));
      }
    }
  }

  /** Takes over what {@link #write} wrote, behind others; without what was in files and is lost. */
  static void read(CheckpointCursor in, ChunkStore store, Builder read) {
    long first = 0;
    int count = in.count();
    for (int i = 0; i < count; i++) {
      first = i == 0 ? in.signed() : first + in.unsigned();
      int encoding = in.single();
      if (encoding == IN_A_FILE) {
        ChunkFile file = store.file(in.count());
        int offset = in.count();
        if (file != null && file.isLost(offset)) {
          file.release();
        } else if (file != null) {
          read.add(first, file, offset);
        }
      } else {
        read.add(first, store.add(first, first + in.unsigned(), encoding, in.block()));
      }
    }
  }

  /** Passes over what {@link #write} wrote, and counts the chunks that are in files. */
  static void count(CheckpointCursor in, ChunkStore store, ChunkFileUses uses) {
    int count = in.count();
    for (int i = 0; i < count; i++) {
      in.unsigned(); // its first time
      if (in.single() == IN_A_FILE) {
        ChunkFile file = store.file(in.count());
        in.unsigned(); // its offset
        if (file != null) {
          uses.add(file);
        }
      } else {
        in.unsigned(); // its last time
        in.skipBlock();
      }
    }
  }

  /** Chunks being put together, in order of time. For one thread. */
  static final class Builder {
    private final List<ChunkFile> files = new ArrayList<>();
    private long[] begins = new long[4];
    private int[] offsets = new int[4];

    /** Adds a chunk of others, where it is. */
    void add(FinishedChunks others, int i) {
      add(others.firstMillis(i), others.files[i], others.offset(i));
    }

    /** Adds those of others that are at hand. */
    void addAll(FinishedChunks others) {
      for (int i = 0; i < others.size(); i++) {
        add(others, i);
      }
    }

    /** Adds one that begins at a time. */
    void add(long beginMillis, ChunkPlace place) {
      add(beginMillis, place.file(), place.offset());
    }

    /** Adds one that begins at a time. */
    void add(long beginMillis, ChunkFile file, int offset) {
      int n = files.size();
      if (n == begins.length) {
        begins = Arrays.copyOf(begins, 2 * n);
        offsets = Arrays.copyOf(offsets, 2 * n);
      }
      begins[n] = beginMillis;
      offsets[n] = offset;
      files.add(file);
    }

    int size() {
      return files.size();
    }

    /**
     * Looks into the file of the last one for when that ends.
     *
     * @param atMostMillis when it ends at the latest, which is taken where it is damaged there: who
     *     reads it hears that
     */
    FinishedChunks build(ChunkStore store, long atMostMillis) {
      if (files.isEmpty()) {
        return NONE;
      }
      ChunkFile file = files.getLast();
      int offset = offsets[files.size() - 1];
      return build(store.isSound(file, offset) ? file.lastMillis(offset) : atMostMillis);
    }

    /**
     * Looks into no file.
     *
     * @param lastMillis of the last of them, of which there is one at least
     */
    FinishedChunks build(long lastMillis) {
      return buildBehind(null, lastMillis);
    }

    private FinishedChunks buildBehind(@Nullable ListedChunks lists, long lastMillis) {
      int count = files.size();
      int width = isFar(begins[0], begins[count - 1]) ? 3 : 2;
      int[] places = new int[width * count];
      for (int i = 0; i < count; i++) {
        long distance = begins[i] - begins[0];
        places[width * i] = (int) distance;
        places[width * i + 1] = offsets[i];
        if (width == 3) {
          places[width * i + 2] = (int) (distance >>> Integer.SIZE);
        }
      }
      return new FinishedChunks(
          lists, begins[0], lastMillis, places, files.toArray(ChunkFile[]::new));
    }
  }
}
