package dnd.metrics.server.storage;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The series of a raw block with an aggregate of each window in the place of its samples. For one
 * thread.
 */
final class DownsamplingCursor implements SeriesCursor {
  private final SeriesCursor raw;
  private final Downsampling kind;
  private final BooleanSupplier stopped;
  private final SampleBatch batch = new SampleBatch();
  private @Nullable ChunkEncoder chunks;

  /**
   * @param stopped asked for each series: whether to end
   */
  DownsamplingCursor(SeriesCursor raw, Downsampling kind, BooleanSupplier stopped) {
    this.raw = raw;
    this.kind = kind;
    this.stopped = stopped;
  }

  @Override
  public boolean next() throws IOException {
    if (stopped.getAsBoolean()) {
      throw new IOException("the service is stopping");
    }
    chunks = null;
    return raw.next();
  }

  @Override
  public Labels labels() {
    return raw.labels();
  }

  @Override
  public @Nullable EncodedChunk nextChunk() throws IOException {
    ChunkEncoder encoder = chunks;
    if (encoder == null) {
      SampleWindows windows = new SampleWindows(kind);
      for (EncodedChunk chunk = raw.nextChunk(); chunk != null; chunk = raw.nextChunk()) {
        chunk.decode(batch);
        windows.add(batch);
      }
      encoder = new ChunkEncoder(windows.aggregates());
      chunks = encoder;
    }
    return encoder.next();
  }
}
