package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The finished chunks of one series, in order of time: on the heap at first, later in {@link
 * ChunkFile files}, where one costs twelve bytes here. Immutable; what is held can be read for as
 * long as it is held.
 */
final class FinishedChunks {
  static final FinishedChunks NONE =
      new FinishedChunks(0, Long.MIN_VALUE, new int[0], new ChunkHolder[0]);
  static final byte[] NO_ROOM = {};

  /** Stands in a checkpoint where chunks that are there have their encoding. */
  private static final int IN_A_FILE = 0;

  private static final long LARGEST_DISTANCE = 0xffff_ffffL;

  /** Time of the first sample in the first chunk. */
  private final long firstMillis;

  /** Time of the last sample in the last chunk. */
  private final long lastMillis;

  /**
   * Two numbers for each chunk that is in a file: by how many milliseconds it begins behind the
   * first one (unsigned), and its offset.
   */
  private final int[] places;

  /** Where each chunk is. */
  private final ChunkHolder[] holders;

  private FinishedChunks(long firstMillis, long lastMillis, int[] places, ChunkHolder[] holders) {
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
    this.places = places;
    this.holders = holders;
  }

  int size() {
    return holders.length;
  }

  boolean isEmpty() {
    return holders.length == 0;
  }

  /** Time of the last sample of all; the smallest long for none. */
  long lastMillis() {
    return lastMillis;
  }

  /** Time of a chunk's first sample. */
  long firstMillis(int i) {
    return holders[i] instanceof FinishedChunk chunk
        ? chunk.firstMillis()
        : firstMillis + Integer.toUnsignedLong(places[2 * i]);
  }

  /** Time of a chunk's last sample; looks into the file. */
  long lastMillis(int i) {
    return lastMillis(holders[i], places[2 * i + 1]);
  }

  private static long lastMillis(ChunkHolder holder, int offset) {
    return switch (holder) {
      case ChunkFile file -> file.lastMillis(offset);
      case FinishedChunk chunk -> chunk.lastMillis();
    };
  }

  /** The first chunk that does not begin before a time; their number where there is none. */
  int firstBeginning(long millis) {
    int low = 0;
    int high = holders.length;
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
      return holders.length;
    }
    int last = holders.length - 1;
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
    return switch (holders[i]) {
      case ChunkFile file -> {
        int offset = places[2 * i + 1];
        int length = file.length(offset);
        byte[] bytes = length <= room.length ? room : new byte[Math.max(256, length)];
        file.copy(offset, bytes);
        Chunk.decode(file.encoding(offset), bytes, 0, length, batch);
        yield bytes;
      }
      case FinishedChunk chunk -> {
        chunk.decode(batch);
        yield room;
      }
    };
  }

  /** A chunk as a block takes it. */
  EncodedChunk encoded(int i) {
    return switch (holders[i]) {
      case ChunkFile file -> file.encoded(places[2 * i + 1]);
      case FinishedChunk chunk -> chunk.encoded();
    };
  }

  /** These, and one behind them. */
  FinishedChunks plus(FinishedChunk chunk) {
    int n = holders.length;
    ChunkHolder[] more = Arrays.copyOf(holders, n + 1);
    more[n] = chunk;
    return new FinishedChunks(
        n == 0 ? chunk.firstMillis() : firstMillis,
        chunk.lastMillis(),
        Arrays.copyOf(places, 2 * n + 2),
        more);
  }

  /** Those from one on to another, which is not included. */
  FinishedChunks range(int from, int to) {
    if (from == 0 && to == holders.length) {
      return this;
    }
    if (from >= to) {
      return NONE;
    }
    FinishedChunks some =
        new FinishedChunks(
            firstMillis(from),
            lastMillis(to - 1),
            Arrays.copyOfRange(places, 2 * from, 2 * to),
            Arrays.copyOfRange(holders, from, to));
    int moved = (int) (some.firstMillis - firstMillis);
    for (int i = 0; i < some.places.length; i += 2) {
      some.places[i] -= moved;
    }
    return some;
  }

  /** Says that a series does not have a chunk any more. */
  void release(int i) {
    if (holders[i] instanceof ChunkFile file) {
      file.release();
    }
  }

  /** The same of all of them, up to one that is not included. */
  void releaseBefore(int to) {
    for (int i = 0; i < to; i++) {
      release(i);
    }
  }

  /** Lets a batch have those that are on the heap. */
  void addTo(ChunkBatch batch, HeadSeries series) {
    for (ChunkHolder holder : holders) {
      if (holder instanceof FinishedChunk chunk && isNear(chunk)) {
        batch.add(series, chunk);
      }
    }
  }

  /** Whether its distance can be noted. One that is not stays on the heap until a block has it. */
  private boolean isNear(FinishedChunk chunk) {
    long distance = chunk.firstMillis() - firstMillis;
    return distance >= 0 && distance <= LARGEST_DISTANCE;
  }

  /**
   * These, where chunks of a batch that are still on the heap are in its file, which is told so.
   *
   * @param from the first chunk of this series in the batch
   * @param to the first one of another series
   */
  FinishedChunks moved(ChunkBatch batch, int from, int to, ChunkFile file) {
    int[] newPlaces = places.clone();
    ChunkHolder[] newHolders = holders.clone();
    int next = from;
    int moved = 0;
    for (int i = 0; i < newHolders.length && next < to; i++) {
      int at = next;
      while (at < to && batch.chunk(at) != newHolders[i]) {
        at++;
      }
      if (at < to && isNear(batch.chunk(at))) {
        newPlaces[2 * i] = (int) (batch.chunk(at).firstMillis() - firstMillis);
        newPlaces[2 * i + 1] = batch.offset(at);
        newHolders[i] = file;
        moved++;
        next = at + 1;
      }
    }
    file.use(moved);
    return moved == 0 ? this : new FinishedChunks(firstMillis, lastMillis, newPlaces, newHolders);
  }

  /** For a checkpoint: those on the heap whole, of the others where they are. */
  void write(CheckpointBytes out, ChunkFileUses uses) {
    out.unsigned(holders.length);
    long before = 0;
    for (int i = 0; i < holders.length; i++) {
      long first = firstMillis(i);
      if (i == 0) {
        out.signed(first);
      } else {
        out.unsigned(first - before);
      }
      before = first;
      switch (holders[i]) {
        case ChunkFile file -> {
          out.single(IN_A_FILE);
          out.unsigned(file.number());
          out.unsigned(places[2 * i + 1]);
          uses.add(file);
        }
        case FinishedChunk chunk -> {
          out.single(chunk.encoding());
          out.unsigned(chunk.lastMillis() - first);
          out.block(chunk.bytes());
        }
      }
    }
  }

  /**
   * Takes over what {@link #write} wrote, of a series that is being made; without what was in files
   * and is lost.
   */
  static FinishedChunks read(CheckpointCursor in, HeadSeries series) {
    ChunkStore store = series.sender.head.chunkStore();
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
          read.add(file, first, offset);
        }
      } else {
        FinishedChunk chunk =
            new FinishedChunk(first, first + in.unsigned(), (byte) encoding, in.block());
        read.add(chunk);
        series.sender.noteFinished(series.ref, chunk);
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
    private final List<ChunkHolder> holders = new ArrayList<>();
    private long[] begins = new long[4];
    private int[] offsets = new int[4];

    void add(FinishedChunk chunk) {
      add(chunk, chunk.firstMillis(), 0);
    }

    /** Adds a chunk of others, where it is. */
    void add(FinishedChunks others, int i) {
      add(others.holders[i], others.firstMillis(i), others.places[2 * i + 1]);
    }

    /**
     * Adds one that begins at a time.
     *
     * @param offset where it is in a file; of one on the heap it means nothing
     */
    void add(ChunkHolder holder, long begin, int offset) {
      int n = holders.size();
      if (n == begins.length) {
        begins = Arrays.copyOf(begins, 2 * n);
        offsets = Arrays.copyOf(offsets, 2 * n);
      }
      begins[n] = begin;
      offsets[n] = offset;
      holders.add(holder);
    }

    FinishedChunks build() {
      if (holders.isEmpty()) {
        return NONE;
      }
      int[] places = new int[2 * holders.size()];
      for (int i = 0; i < holders.size(); i++) {
        places[2 * i] = (int) (begins[i] - begins[0]);
        places[2 * i + 1] = offsets[i];
      }
      int last = holders.size() - 1;
      long lastMillis = lastMillis(holders.get(last), offsets[last]);
      return new FinishedChunks(begins[0], lastMillis, places, holders.toArray(ChunkHolder[]::new));
    }
  }
}
