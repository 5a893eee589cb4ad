package dnd.metrics.server.head;

import dnd.metrics.server.head.CheckpointFrame.Kind;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads a checkpoint: whether it is sound, and what is in it. For one thread. */
final class CheckpointReader {
  private final LogFiles files;
  private final String name;
  private final LongConsumer bytesDone;
  private byte[] body = new byte[0];

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
   * @param sequence as {@link CheckpointFrame.Header#sequence}
   */
  record Summary(int number, long sequence, long bytes) {}

  /** What was found where a checkpoint was looked for. */
  sealed interface Finding {
    record Sound(Summary summary) implements Finding {}

    record Damaged(long offset) implements Finding {}
  }

  /**
   * Reads all of it and looks at every checksum.
   *
   * @throws IOException where the file cannot be read, or is of a version that this program does
   *     not know
   */
  Finding check() throws IOException {
    try (LogFile file = files.open(name)) {
      ByteBuffer in =
          ByteBuffer.allocate(CheckpointFrame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      in.limit(file.read(in, 0));
      if (CheckpointFrame.versionOf(in) > CheckpointFrame.VERSION) {
        throw new IOException(
            String.format(
                "%s is of checkpoint format %d, which this program does not know",
                files.describe(name), CheckpointFrame.versionOf(in)));
      }
      CheckpointFrame.Header header = CheckpointFrame.decodeHeader(in);
      if (header == null) {
        return new Finding.Damaged(0);
      }
      long at = CheckpointFrame.HEADER_BYTES;
      Kind last = null;
      while (last != Kind.END) {
        CheckpointFrame.Head frame = frame(file, at);
        if (frame == null) {
          return new Finding.Damaged(at);
        }
        last = frame.kind();
        at += CheckpointFrame.FRAME_BYTES + frame.length();
      }
      return new Finding.Sound(new Summary(header.number(), header.sequence(), at));
    }
  }

  /**
   * Puts all of it into a head that is empty.
   *
   * @return the last record of the log that may be in it
   */
  long load(Head head, LabelIndex index, HeadReplay replay) throws IOException {
    try (LogFile file = files.open(name);
        Loading loading = new Loading(head, index, replay)) {
      long at = CheckpointFrame.HEADER_BYTES;
      long reported = 0;
      while (!loading.ended) {
        CheckpointFrame.Head frame = frame(file, at);
        if (frame == null) {
          throw new IOException(
              files.describe(name) + ": damaged at offset " + at + " since it was looked at");
        }
        loading.frame(frame, body);
        at += CheckpointFrame.FRAME_BYTES + frame.length();
        if (at - reported > 1 << 22) {
          reported = at;
          bytesDone.accept(at);
        }
      }
      bytesDone.accept(at);
      return loading.highestSequence;
    }
  }

  /** Reads a frame, the body into {@link #body}; null where there is no sound one. */
  private CheckpointFrame.@Nullable Head frame(LogFile file, long at) throws IOException {
    byte[] head = new byte[CheckpointFrame.FRAME_BYTES];
    ByteBuffer in = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    in.limit(file.read(in, at));
    CheckpointFrame.Head frame = CheckpointFrame.decode(in);
    if (frame == null || frame.length() > file.size() - at - CheckpointFrame.FRAME_BYTES) {
      return null;
    }
    if (body.length < frame.length()) {
      body = new byte[Math.max(frame.length(), 2 * body.length)];
    }
    ByteBuffer content = ByteBuffer.wrap(body, 0, frame.length());
    int read = file.read(content, at + CheckpointFrame.FRAME_BYTES);
    content.flip();
    return read == frame.length() && CheckpointFrame.checksum(head, content) == frame.checksum()
        ? frame
        : null;
  }

  /**
   * A head being filled, frame by frame. The calling thread makes the series and their places in
   * the index; other threads decode what the series had. {@link #close} waits for them.
   */
  private static final class Loading implements AutoCloseable {
    /** So many frames wait for a thread at most: their bytes are in memory. */
    private static final int FRAMES_WAITING = 16;

    private final Head head;
    private final LabelIndex index;
    private final HeadReplay replay;
    private final ExecutorService decoders =
        Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            Thread.ofPlatform().name("checkpoint-", 0).daemon().factory());
    private final Semaphore waiting = new Semaphore(FRAMES_WAITING);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<String> names = new ArrayList<>();
    private final List<LabelPair> pairs = new ArrayList<>();
    private boolean ended;
    private long highestSequence;

    Loading(Head head, LabelIndex index, HeadReplay replay) {
      this.head = head;
      this.index = index;
      this.replay = replay;
    }

    void frame(CheckpointFrame.Head frame, byte[] body) {
      boolean kept = frame.kind() == Kind.SERIES;
      byte[] bytes = kept ? Arrays.copyOf(body, frame.length()) : body;
      CheckpointCursor in = new CheckpointCursor(bytes, 0, frame.length());
      switch (frame.kind()) {
        case PAIRS -> readPairs(in);
        case SENDER -> readSender(in);
        case SERIES -> readSeries(in, frame.sequence());
        case RECENT -> sender(in).readRecent(in, replay.series());
        case METADATA -> readMetadata(in);
        case END -> readEnd(in);
      }
    }

    private void readPairs(CheckpointCursor in) {
      for (int n = in.count(); n > 0; n--) {
        int name = in.count();
        if (name == names.size()) {
          names.add(in.string());
        }
        pairs.add(index.pair(names.get(name), in.string()));
      }
    }

    private void readSender(CheckpointCursor in) {
      int ref = in.count();
      replay.restore(ref, new SenderId(in.string(), in.string()));
    }

    private Sender sender(CheckpointCursor in) {
      int ref = in.count();
      Sender sender = replay.sender(ref);
      if (sender == null) {
        throw new IllegalStateException("a checkpoint without its sender " + ref);
      }
      return sender;
    }

    private void readSeries(CheckpointCursor in, long sequence) {
      Sender sender = sender(in);
      List<HeadSeries> made = new ArrayList<>();
      List<CheckpointCursor> states = new ArrayList<>();
      while (in.hasMore()) {
        int ref = in.count();
        LabelPair[] labels = new LabelPair[in.count()];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = pairs.get(in.count());
        }
        HeadSeries series = head.restore(sender, labels, ref);
        made.add(series);
        states.add(in.part());
        replay.restore(ref, series, sequence);
      }
      waiting.acquireUninterruptibly();
      decoders.execute(() -> decode(made, states));
    }

    private void decode(List<HeadSeries> made, List<CheckpointCursor> states) {
      try {
        SeriesParts parts = new SeriesParts();
        for (int i = 0; i < made.size(); i++) {
          made.get(i).read(states.get(i), parts);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      } finally {
        waiting.release();
      }
    }

    @Override
    public void close() {
      waiting.acquireUninterruptibly(FRAMES_WAITING); // then nothing is under way any more
      decoders.close();
      Throwable problem = failure.get();
      if (problem != null) {
        throw new IllegalStateException("a checkpoint holds what cannot be read", problem);
      }
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
