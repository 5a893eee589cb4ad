package dnd.metrics.server.block;

import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;

/** The series of a model, encoded as they are asked for. */
public final class ModelCursor implements SeriesCursor {
  private final Iterator<Map.Entry<Labels, SampleList>> series;
  private Labels labels;
  private ChunkEncoder chunks;

  public ModelCursor(SortedMap<Labels, SampleList> series) {
    this.series = series.entrySet().iterator();
  }

  @Override
  public boolean next() {
    if (!series.hasNext()) {
      return false;
    }
    Map.Entry<Labels, SampleList> entry = series.next();
    labels = entry.getKey();
    chunks = new ChunkEncoder(entry.getValue().reader());
    return true;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public EncodedChunk nextChunk() {
    return chunks.next();
  }
}
