package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.promql.plan.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The series of a range selector, each chunk decoded once. */
final class SelectedRange implements RangeSource, SeriesLeaf {
  private final QueryContext context;
  private final Selection selection;
  private final SampleBatch batch = new SampleBatch();
  private @Nullable List<? extends Series> series;
  private int nextSeries;
  private long reserved;

  /** What the histograms of the series take that was read last. */
  private long histogramBytes;

  SelectedRange(QueryContext context, Selection selection) {
    this.context = context;
    this.selection = selection;
  }

  @Override
  public void over(List<? extends Series> found) {
    series = found;
    nextSeries = 0;
  }

  @Override
  public boolean next(RangeSamples into) {
    if (series == null) {
      series = context.select(selection);
    }
    context.memory.release(histogramBytes, 0);
    histogramBytes = 0;
    if (nextSeries == series.size()) {
      context.memory.release(RangeSamples.SAMPLE_BYTES * reserved, reserved);
      reserved = 0;
      return false;
    }
    context.check();
    Series one = series.get(nextSeries++);
    into.reset(one, false);
    SampleReader reader = context.read(one, selection);
    long read = 0;
    while (reader.next(batch)) {
      read += batch.size;
      into.append(batch);
      if (into.size() > reserved) {
        long more = into.size() - reserved;
        context.memory.reserve(RangeSamples.SAMPLE_BYTES * more, more);
        reserved = into.size();
      }
      if (batch.histograms != null) {
        count(batch.histograms, batch.size);
      }
    }
    context.counts.addSamples(read);
    return true;
  }

  private void count(Histogram[] histograms, int size) {
    long bytes = 0;
    for (int i = 0; i < size; i++) {
      bytes += histograms[i].heapBytes();
    }
    context.memory.reserve(bytes, 0);
    histogramBytes += bytes;
  }
}
