package dnd.metrics.server.storage;

import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import java.util.List;
import java.util.function.Function;

/**
 * Everything that was collected: the head, and the blocks, which may have some of the same samples.
 * Samples are to be read through a {@link #view}. Safe for use by several threads.
 */
public final class Storage implements SeriesSource {
  private final SeriesSource head;
  private final Blocks blocks;
  private final DownsampledBlocks downsampled;

  /** Without downsampled blocks. */
  public Storage(SeriesSource head, Blocks blocks) {
    this(head, blocks, DownsampledBlocks.none());
  }

  public Storage(SeriesSource head, Blocks blocks, DownsampledBlocks downsampled) {
    this.head = head;
    this.blocks = blocks;
    this.downsampled = downsampled;
  }

  @Override
  public SeriesView view() {
    return new StorageView(head, blocks, blocks.hold(), downsampled.hold());
  }

  /**
   * What can be read, without the blocks of an object store of which one does not know what they
   * have.
   */
  StorageView viewOfReadable() {
    return StorageView.ofReadable(head, blocks, blocks.hold(), downsampled.hold());
  }

  private <T> T viewed(Function<SeriesView, T> question) {
    try (SeriesView view = view()) {
      return question.apply(view);
    }
  }

  /** Finds series for the sake of their labels: their samples may be gone when they are read. */
  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return this.<List<? extends Series>>viewed(
        view -> view.select(matchers, fromMillis, toMillis, progress));
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelNames(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return viewed(view -> view.labelNames(matchers, fromMillis, toMillis, progress));
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelValues(name, matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    return viewed(view -> view.labelValues(name, matchers, fromMillis, toMillis, progress));
  }
}
