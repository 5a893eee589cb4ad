package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.promql.test.MemorySeries.MemorySample;
import java.util.List;
import java.util.Objects;

/** Reads a list of samples in batches, each a run of one kind. */
final class MemoryReader implements SampleReader {
  private static final int BATCH_SIZE = 128;

  private final List<MemorySample> samples;
  private final long toMillis;
  private int next;

  MemoryReader(List<MemorySample> samples, long fromMillis, long toMillis) {
    this.samples = samples;
    this.toMillis = toMillis;
    while (next < samples.size() && samples.get(next).timeMillis() < fromMillis) {
      next++;
    }
  }

  @Override
  public boolean next(SampleBatch batch) {
    batch.clear();
    int end = next;
    while (end < samples.size()
        && end - next < BATCH_SIZE
        && samples.get(end).timeMillis() <= toMillis
        && isHistogram(end) == isHistogram(next)) {
      end++;
    }
    int size = end - next;
    if (size == 0) {
      return false;
    }
    batch.ensureCapacity(size);
    boolean histograms = isHistogram(next);
    Histogram[] values = new Histogram[histograms ? size : 0];
    long[] starts = new long[size];
    for (int i = 0; i < size; i++) {
      MemorySample sample = samples.get(next + i);
      batch.timestamps[i] = sample.timeMillis();
      batch.values[i] = sample.value();
      starts[i] = sample.startMillis();
      if (histograms) {
        values[i] = Objects.requireNonNull(sample.histogram());
      }
    }
    batch.size = size;
    batch.histograms = histograms ? values : null;
    batch.startTimestamps = starts;
    next = end;
    return true;
  }

  private boolean isHistogram(int i) {
    return samples.get(i).histogram() != null;
  }
}
