package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The finished chunks of one series, in order of time, each in a {@link ChunkFile}: one costs
 * twelve bytes here. Immutable; what is held can be read for as long as it is held.
 */
final class FinishedChunks {
  static final FinishedChunks NONE =
      new FinishedChunks(0, Long.MIN_VALUE, new int[0], new ChunkFile[0]);

  /** In the place of those of a series that was parked: they are where it is. */
  static final FinishedChunks PARKED =
      new FinishedChunks(0, Long.MIN_VALUE, new int[0], new ChunkFile[0]);

  static final byte[] NO_ROOM = {};

  /** Stands in a checkpoint where chunks that are there have their encoding. */
  private static final int IN_A_FILE = 0;

  /** Stands for a distance that is too large for its four bytes: the file has the time. */
  private static final int FAR = -1;

  private static final long FAR_MILLIS = 0xffff_ffffL;

  /** Time of the first sample in the first chunk. */
  private final long firstMillis;

  /** Time of the last sample in the last chunk. */
  private final long lastMillis;

  /**
   * Two numbers for each chunk: by how many milliseconds it begins behind the first one (unsigned;
   * or {@link #FAR}), and its offset.
   */
  private final int[] places;

  /** Where each chunk is. */
  private final ChunkFile[] files;

  private FinishedChunks(long firstMillis, long lastMillis, int[] places, ChunkFile[] files) {
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
    this.places = places;
    this.files = files;
  }

  int size() {
    return files.length;
  }

  boolean isEmpty() {
    return files.length == 0;
  }

  /** Whether each of them is in a file. */
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

  /** Time of a chunk's first sample. */
  long firstMillis(int i) {
    int distance = places[2 * i];
    return distance == FAR
        ? files[i].firstMillis(offset(i))
        : firstMillis + Integer.toUnsignedLong(distance);
  }

  /** Time of a chunk's last sample; looks into the file. */
  long lastMillis(int i) {
    return files[i].lastMillis(offset(i));
  }

  private int offset(int i) {
    return places[2 * i + 1];
  }

  private static int distance(long firstMillis, long millis) {
    long distance = millis - firstMillis;
    return distance >= 0 && distance < FAR_MILLIS ? (int) distance : FAR;
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
   */
  byte[] decode(int i, SampleBatch batch, byte[] room) {
    ChunkFile file = files[i];
    int offset = offset(i);
    int length = file.length(offset);
    byte[] bytes = length <= room.length ? room : new byte[Math.max(256, length)];
    file.copy(offset, bytes);
    Chunk.decode(file.encoding(offset), bytes, 0, length, batch);
    return bytes;
  }

  /** A chunk as a block takes it. */
  EncodedChunk encoded(int i) {
    return files[i].encoded(offset(i));
  }

  /** These, and one behind them, from one time to another. */
  FinishedChunks plus(long chunkFirstMillis, long chunkLastMillis, ChunkPlace place) {
    int n = files.length;
    long first = n == 0 ? chunkFirstMillis : firstMillis;
    int[] morePlaces = Arrays.copyOf(places, 2 * n + 2);
    morePlaces[2 * n] = distance(first, chunkFirstMillis);
    morePlaces[2 * n + 1] = place.offset();
    ChunkFile[] moreFiles = Arrays.copyOf(files, n + 1);
    moreFiles[n] = place.file();
    return new FinishedChunks(first, chunkLastMillis, morePlaces, moreFiles);
  }

  /** Those from one on to another, which is not included. */
  FinishedChunks range(int from, int to) {
    if (from == 0 && to == files.length) {
      return this;
    }
    if (from >= to) {
      return NONE;
    }
    long first = firstMillis(from);
    int[] somePlaces = Arrays.copyOfRange(places, 2 * from, 2 * to);
    for (int i = from; i < to; i++) {
      somePlaces[2 * (i - from)] = distance(first, firstMillis(i));
    }
    return new FinishedChunks(
        first, lastMillis(to - 1), somePlaces, Arrays.copyOfRange(files, from, to));
  }

  /** Says that a series does not have a chunk any more. */
  void release(int i) {
    files[i].release();
  }

  /** The same of all of them, up to one that is not included. */
  void releaseBefore(int to) {
    for (int i = 0; i < to; i++) {
      release(i);
    }
  }

  /** For a checkpoint: those on the heap whole, of the others where they are. */
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

  /**
   * Takes over what {@link #write} wrote, of a series that is being made; without what was in files
   * and is lost.
   */
  static FinishedChunks read(CheckpointCursor in, ChunkStore store) {
    Builder read = new Builder();
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
    return read.build();
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

    FinishedChunks build() {
      if (files.isEmpty()) {
        return NONE;
      }
      int[] places = new int[2 * files.size()];
      for (int i = 0; i < files.size(); i++) {
        places[2 * i] = distance(begins[0], begins[i]);
        places[2 * i + 1] = offsets[i];
      }
      int last = files.size() - 1;
      return new FinishedChunks(
          begins[0],
          files.get(last).lastMillis(offsets[last]),
          places,
          files.toArray(ChunkFile[]::new));
    }
  }
}
