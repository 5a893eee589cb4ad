package dnd.metrics.server.head;

import dnd.metrics.server.head.CheckpointFrame.Kind;
import dnd.metrics.server.head.StoredSeries.StoredPortion;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.wal.FileHeader;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint, mapped into memory: whether it is sound, and what is in it. For one thread.
 */
final class CheckpointReader {
  /** How much is looked at between two calls of who follows it. */
  private static final long REPORTED_BYTES = 1 << 22;

  private final LogFiles files;
  private final String name;
  private final LongConsumer bytesDone;

  /**
   * @param bytesDone is told now and then how many bytes have been read into the head
   */
  CheckpointReader(LogFiles files, String name, LongConsumer bytesDone) {
    this.files = files;
    this.name = name;
    this.bytesDone = bytesDone;
  }

  /**
   * What a sound checkpoint says of itself.
   *
   * @param sequence as the header of {@link CheckpointFrame#KIND}
   * @param chunkFiles the files of chunks that it needs
   */
  record Summary(int number, long sequence, long bytes, List<ChunkFileUse> chunkFiles) {}

  /** What was found where a checkpoint was looked for. */
  sealed interface Finding {
    record Sound(Summary summary) implements Finding {}

    record Damaged(long offset) implements Finding {}
  }

  /** A frame where it stands in the mapped file. */
  private record Frame(CheckpointFrame.Head head, ByteBuffer bytes, ByteBuffer body, long end) {}

  /**
   * Reads all of it and looks at every checksum.
   *
   * @throws IOException where the file cannot be read, or is of a version that this program does
   *     not know
   */
  Finding check() throws IOException {
    MemorySegment file = map();
    FileHeader header = header(file);
    if (header == null) {
      return new Finding.Damaged(0);
    }
    long at = FileHeader.BYTES;
    Kind last = null;
    List<ChunkFileUse> chunkFiles = List.of();
    byte[] head = new byte[CheckpointFrame.FRAME_BYTES];
    while (last != Kind.END) {
      Frame frame = frame(file, at);
      if (frame == null) {
        return new Finding.Damaged(at);
      }
      MemorySegment.copy(file, at, MemorySegment.ofArray(head), 0, head.length);
      if (CheckpointFrame.checksum(head, frame.body) != frame.head.checksum()) {
        return new Finding.Damaged(at);
      }
      last = frame.head.kind();
      if (last == Kind.CHUNK_FILES) {
        chunkFiles = ChunkFileUses.read(CheckpointCursor.of(frame.body));
      }
      at = frame.end;
    }
    return new Finding.Sound(new Summary(header.number(), header.sequence(), at, chunkFiles));
  }

  private MemorySegment map() throws IOException {
    try (LogFile file = files.open(name)) {
      return file.map();
    }
  }

  private @Nullable FileHeader header(MemorySegment file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(FileHeader.BYTES, file.byteSize())];
    MemorySegment.copy(file, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int version = CheckpointFrame.KIND.versionIn(in);
    if (version > CheckpointFrame.KIND.version()) {
      throw new IOException(
          String.format(
              "%s is of checkpoint format %d, which this program does not know",
              files.describe(name), version));
    }
    if (version != 0 && version < CheckpointFrame.KIND.version()) {
      throw new IOException(
          String.format(
              "%s is of checkpoint format %d, which only builds before the first release wrote; this program does"
                  + " not read it",
              files.describe(name), version));
    }
    return CheckpointFrame.KIND.decode(in);
  }

  /** The frame at an offset, whatever its checksum says; null where there is none. */
  private static @Nullable Frame frame(MemorySegment file, long at) {
    long left = file.byteSize() - at - CheckpointFrame.FRAME_BYTES;
    if (left < 0) {
      return null;
    }
    ByteBuffer in =
        file.asSlice(at, CheckpointFrame.FRAME_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    CheckpointFrame.Head head = CheckpointFrame.decode(in);
    if (head == null || head.length() > left) {
      return null;
    }
    long from = at + CheckpointFrame.FRAME_BYTES;
    ByteBuffer body =
        file.asSlice(from, head.length()).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return new Frame(head, in, body, from + head.length());
  }

  /**
   * Puts all of it into a head that is empty; series stay where they are in the file, until someone
   * needs them.
   *
   * @return the last record of the log that may be in it
   */
  long load(Head head, LabelIndex index, HeadReplay replay) throws IOException {
    MemorySegment file = map();
    StoredSeries stored = new StoredSeries();
    head.directory().storedIn(stored);
    StoredIndex storedIndex = new StoredIndex(index, head.table(), stored);
    Loading loading = new Loading(head, storedIndex, replay);
    long at = FileHeader.BYTES;
    long reported = 0;
    while (!loading.ended) {
      Frame frame = frame(file, at);
      if (frame == null) {
        throw new IOException(
            files.describe(name) + ": damaged at offset " + at + " since it was looked at");
      }
      loading.frame(frame);
      at = frame.end;
      if (at - reported > REPORTED_BYTES) {
        reported = at;
        bytesDone.accept(at);
      }
    }
    bytesDone.accept(at);
    stored.readBy(storedIndex);
    return loading.highestSequence;
  }

  /** A head being filled, frame by frame. */
  private static final class Loading {
    private final Head head;
    private final StoredIndex index;
    private final HeadReplay replay;
    private boolean ended;
    private long highestSequence;

    Loading(Head head, StoredIndex index, HeadReplay replay) {
      this.head = head;
      this.index = index;
      this.replay = replay;
    }

    void frame(Frame frame) {
      ByteBuffer body = frame.body;
      switch (frame.head.kind()) {
        case PAIRS -> index.addPairs(body);
        case SENDER -> readSender(CheckpointCursor.of(body));
        case SERIES -> readSeries(frame.bytes, body, frame.head.sequence());
        case RECENT -> readRecent(CheckpointCursor.of(body));
        case METADATA -> readMetadata(CheckpointCursor.of(body));
        case POSTINGS -> index.addPostings(body);
        case NAMES -> index.addNames(body);
        case CHUNK_FILES -> {} // known since it was looked at
        case END -> readEnd(CheckpointCursor.of(body));
      }
    }

    private void readSeries(ByteBuffer bytes, ByteBuffer body, long sequence) {
      StoredPortion portion =
          new StoredPortion(bytes, body, sender(StoredPortion.senderOf(body)), sequence);
      head.restore(portion);
      index.addPortion(portion);
      replay.restored(sequence);
    }

    private void readRecent(CheckpointCursor in) {
      sender(in.count()).readRecent(in);
    }

    private void readSender(CheckpointCursor in) {
      int ref = in.count();
      replay.restore(ref, new SenderId(in.string(), in.string()));
    }

    private Sender sender(int ref) {
      Sender sender = replay.sender(ref);
      if (sender == null) {
        throw new IllegalStateException("a checkpoint without its sender " + ref);
      }
      return sender;
    }

    private void readMetadata(CheckpointCursor in) {
      for (int n = in.count(); n > 0; n--) {
        String metric = in.string();
        head.noteMetadata(metric, new MetricMetadata(in.string(), in.string(), in.string()));
      }
    }

    private void readEnd(CheckpointCursor in) {
      in.unsigned(); // how many series there are
      in.unsigned(); // how many senders there are
      replay.numbersBelow(in.count(), in.count());
      highestSequence = in.unsigned();
      head.restoreCut(in.signed());
      ended = true;
    }
  }
}
