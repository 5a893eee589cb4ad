package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A series as a list of samples in order of time. Not for several threads while it is filled. */
final class MemorySeries implements Series {
  /**
   * One sample.
   *
   * @param histogram the native histogram, or null where the sample is the float {@code value}
   * @param startMillis when its counting began, 0 for unknown
   */
  record MemorySample(
      long timeMillis, double value, @Nullable Histogram histogram, long startMillis) {}

  private final Labels labels;
  private final List<MemorySample> samples = new ArrayList<>();
  private final ChunkHints hints = new ChunkHints();

  MemorySeries(Labels labels) {
    this.labels = labels;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  /** Whether a sample at this time comes after all others. */
  boolean isNext(long timeMillis) {
    return samples.isEmpty() || samples.getLast().timeMillis() < timeMillis;
  }

  /** Adds a sample behind all others. A histogram's hint becomes what a database would return. */
  void append(MemorySample sample) {
    Histogram histogram = sample.histogram();
    samples.add(
        new MemorySample(
            sample.timeMillis(),
            sample.value(),
            histogram == null ? hints.afterFloat() : hints.stored(histogram),
            sample.startMillis()));
  }

  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    return new MemoryReader(samples, fromMillis, toMillis);
  }
}
