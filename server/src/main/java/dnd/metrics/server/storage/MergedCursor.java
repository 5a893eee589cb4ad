package dnd.metrics.server.storage;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Several cursors as one, series in order. The chunks of a series that is in several come in order
 * of time; those that overlap are merged and encoded anew. For one thread.
 */
final class MergedCursor implements SeriesCursor {
  private record Source(SeriesCursor cursor, int rank) {}

  /** Those that have a series that was not told yet, by its labels. */
  private final PriorityQueue<Source> waiting =
      new PriorityQueue<>(
          Comparator.comparing((Source source) -> source.cursor().labels())
              .thenComparingInt(Source::rank));

  /** Those that have the current series. */
  private final List<Source> current = new ArrayList<>();

  private final Deque<EncodedChunk> merged = new ArrayDeque<>();
  private Labels labels = Labels.empty();
  private boolean isMerged;

  /**
   * @param byRank whose sample counts, where several have one of the same time, comes first
   */
  MergedCursor(List<SeriesCursor> byRank) throws IOException {
    for (int i = 0; i < byRank.size(); i++) {
      advance(new Source(byRank.get(i), i));
    }
  }

  private void advance(Source source) throws IOException {
    if (source.cursor().next()) {
      waiting.add(source);
    }
  }

  @Override
  public boolean next() throws IOException {
    for (Source source : current) {
      advance(source);
    }
    current.clear();
    merged.clear();
    isMerged = false;
    Source first = waiting.poll();
    if (first == null) {
      return false;
    }
    current.add(first);
    labels = first.cursor().labels();
    while (true) {
      Source another = waiting.peek();
      if (another == null || !another.cursor().labels().equals(labels)) {
        return true;
      }
      current.add(waiting.remove());
    }
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public @Nullable EncodedChunk nextChunk() throws IOException {
    if (current.size() == 1) {
      return current.getFirst().cursor().nextChunk();
    }
    if (!isMerged && !current.isEmpty()) {
      isMerged = true;
      List<RankedChunk> chunks = new ArrayList<>();
      for (Source source : current) {
        for (EncodedChunk chunk; (chunk = source.cursor().nextChunk()) != null; ) {
          chunks.add(new RankedChunk(chunk, source.rank()));
        }
      }
      RankedChunk.merge(chunks, merged);
    }
    return merged.poll();
  }
}
