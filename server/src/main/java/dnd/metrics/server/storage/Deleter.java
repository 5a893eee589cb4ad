package dnd.metrics.server.storage;

import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Deletes samples wherever they are: in the head, by records of the log; in blocks, by tombstones
 * that the next compaction makes true. What comes later at the same times is not affected. Safe for
 * use by several threads.
 */
public final class Deleter {
  /** More samples are not counted. */
  static final long MOST_COUNTED = 200_000_000;

  /** Nor is counted for longer: a cut of the head waits for who reads. */
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

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

  /**
   * Counts what {@link #delete} would delete, at this moment.
   *
   * @throws UnreadableSamplesException where that cannot be read, or its series cannot be found in
   *     a minute
   */
  public DeletionCount count(Deletion deletion) {
    long endNanos = System.nanoTime() + LONGEST_NANOS;
    return count(deletion, MOST_COUNTED, () -> System.nanoTime() - endNanos > 0);
  }

  /**
   * @param isOver asked again and again: whether it has taken as long as it may
   */
  DeletionCount count(Deletion deletion, long mostSamples, BooleanSupplier isOver) {
    SearchProgress search =
        () -> {
          if (isOver.getAsBoolean()) {
            throw new UnreadableSamplesException(
                "it takes more than a minute to find the series; ask for fewer, or for less time");
          }
        };
    Map<Labels, Series> found = new LinkedHashMap<>();
    List<Labels> examples = new ArrayList<>();
    SampleBatch batch = new SampleBatch();
    long seriesCount = 0;
    long samples = 0;
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    boolean isWhole = true;
    try (SeriesView view = storage.viewOfReadable()) {
      for (List<Matcher> selector : deletion.selectors()) {
        view.select(selector, deletion.fromMillis(), deletion.toMillis(), search)
            .forEach(series -> found.putIfAbsent(series.labels(), series));
      }
      for (Series series : found.values()) {
        if (!isWhole) {
          seriesCount++; // it may have samples: what is not looked at counts
          continue;
        }
        SampleReader reader = series.read(deletion.fromMillis(), deletion.toMillis());
        long before = samples;
        while (isWhole && reader.next(batch)) {
          samples += batch.size;
          isWhole = samples < mostSamples && !isOver.getAsBoolean();
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
    isWhole &= blocks.unreadable(deletion).isEmpty();
    return new DeletionCount(seriesCount, samples, isWhole, oldest, newest, examples);
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
