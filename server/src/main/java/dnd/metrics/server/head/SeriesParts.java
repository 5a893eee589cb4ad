package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.chunk.HistogramChunk;
import dnd.metrics.server.chunk.XorChunk;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.EventRecordReader;
import dnd.metrics.server.wal.EventRecordVisitor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a series in a checkpoint: which there are, open chunks, and the samples that are
 * written as the log writes them. Reused from series to series; not thread-safe.
 */
final class SeriesParts implements EventRecordVisitor {
  static final int NEWEST = 1;
  static final int NEWEST_IS_HISTOGRAM = 2;
  static final int OPEN_CHUNK = 4;
  static final int TOTAL = 8;
  static final int OBSERVED = 16;
  static final int OUT_OF_ORDER = 32;

  private final EventRecordReader reader = new EventRecordReader();
  private OutOfOrderSamples late = new OutOfOrderSamples();
  private @Nullable Histogram lastHistogram;

  /** Counts the chunks in files of a series in a checkpoint, and stays where it is. */
  static void count(CheckpointCursor in, ChunkStore store, ChunkFileUses uses) {
    int begin = in.position();
    int flags = in.single();
    if ((flags & NEWEST) != 0) {
      in.signed();
      if ((flags & NEWEST_IS_HISTOGRAM) != 0) {
        in.skipBlock();
      } else {
        in.raw();
      }
    }
    FinishedChunks.count(in, store, uses);
    in.position(begin);
  }

  static void write(Chunk chunk, CheckpointBytes out) {
    out.single(chunk.encoding());
    out.block(chunk.toBytes());
    if (chunk instanceof XorChunk floats) {
      XorChunk.Continuation writer = floats.continuation();
      out.unsigned(writer.samples());
      out.unsigned(writer.bits());
      out.signed(writer.lastDeltaMillis());
      out.single(writer.leading());
      out.single(writer.trailing());
    }
  }

  static Chunk readChunk(CheckpointCursor in, long lastMillis, double lastValue) {
    int encoding = in.single();
    byte[] bytes = in.block();
    if (encoding != XorChunk.ENCODING) {
      return HistogramChunk.resumed(encoding, bytes);
    }
    return XorChunk.resumed(
        bytes,
        new XorChunk.Continuation(
            in.count(),
            in.count(),
            lastMillis,
            in.signed(),
            lastValue,
            (byte) in.single(),
            (byte) in.single()));
  }

  Histogram readHistogram(CheckpointCursor in) {
    lastHistogram = null;
    late = new OutOfOrderSamples();
    in.record(reader, this);
    return Objects.requireNonNull(lastHistogram);
  }

  OutOfOrderSamples readOutOfOrder(CheckpointCursor in) {
    late = new OutOfOrderSamples();
    in.record(reader, this);
    return late;
  }

  @Override
  public void sample(int series, long timeMillis, double value) {
    late.insert(timeMillis, value, null);
  }

  @Override
  public void histogram(int series, long timeMillis, Histogram histogram) {
    lastHistogram = histogram;
    late.insert(timeMillis, 0, histogram);
  }

  @Override
  public void begin(
      int sender,
      @Nullable String service,
      @Nullable String instance,
      boolean report,
      @Nullable String eventId,
      long receivedMillis) {}

  @Override
  public void series(int number, Labels labels) {
    throw unexpected();
  }

  @Override
  public void total(int series, long timeMillis, double value) {
    throw unexpected();
  }

  @Override
  public void observation(int series, long timeMillis, double value) {
    throw unexpected();
  }

  @Override
  public void seen(int series) {
    throw unexpected();
  }

  @Override
  public void metadata(String metricName, String type, String help, String unit) {
    throw unexpected();
  }

  @Override
  public void deletion(int sender, Deletion deletion) {
    throw unexpected();
  }

  private static IllegalStateException unexpected() {
    return new IllegalStateException("only samples are expected here");
  }

  @Override
  public void end() {}
}
