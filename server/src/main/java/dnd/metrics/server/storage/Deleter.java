package dnd.metrics.server.storage;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Deletes samples wherever they are: in the head, by records of the log; in blocks, by tombstones
 * that the next compaction makes true. What comes later at the same times is not affected. Safe for
 * use by several threads.
 */
public final class Deleter {
  /** More samples are not counted. */
  static final long MOST_COUNTED = 200_000_000;

  private static final int MOST_EXAMPLES = 10;

  private final Head head;
  private final Blocks blocks;
  private final DownsampledBlocks downsampled;
  private final Storage storage;

  /** Without downsampled blocks. */
  public Deleter(Head head, Blocks blocks) {
    this(head, blocks, DownsampledBlocks.none());
  }

  public Deleter(Head head, Blocks blocks, DownsampledBlocks downsampled) {
    this.head = head;
    this.blocks = blocks;
    this.downsampled = downsampled;
    this.storage = new Storage(head, blocks, downsampled);
  }

  /** Counts what {@link #delete} would delete, at this moment. */
  public DeletionCount count(Deletion deletion) {
    return count(deletion, MOST_COUNTED);
  }

  DeletionCount count(Deletion deletion, long mostSamples) {
    Set<Labels> found = new HashSet<>();
    List<Labels> examples = new ArrayList<>();
    SampleBatch batch = new SampleBatch();
    long seriesCount = 0;
    long samples = 0;
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    try (SeriesView view = storage.view()) {
      for (List<Matcher> selector : deletion.selectors()) {
        for (Series series : view.select(selector, deletion.fromMillis(), deletion.toMillis())) {
          if (!found.add(series.labels())) {
            continue;
          }
          if (samples >= mostSamples) {
            seriesCount++; // it may have samples: what is not looked at counts
            continue;
          }
          SampleReader reader = series.read(deletion.fromMillis(), deletion.toMillis());
          long before = samples;
          while (reader.next(batch)) {
            samples += batch.size;
            oldest = Math.min(oldest, batch.timestamps[0]);
            newest = Math.max(newest, batch.timestamps[batch.size - 1]);
          }
          if (samples > before) {
            seriesCount++;
            if (examples.size() < MOST_EXAMPLES) {
              examples.add(series.labels());
            }
          }
        }
      }
    }
    return new DeletionCount(seriesCount, samples, samples < mostSamples, oldest, newest, examples);
  }

  /**
   * Deletes; then nobody reads what was there, also not after a power cut, and whoever watches
   * series looks again.
   *
   * @param by who asked for it
   * @throws IOException where that failed: a part may be deleted then, and it may be done again
   */
  public void delete(Deletion deletion, SenderId by, String correlationId, long nowMillis)
      throws IOException {
    blocks.delete(deletion, head::delete);
    downsampled.delete(deletion);
    head.tellDeleted(deletion, by, correlationId, nowMillis);
  }
}
