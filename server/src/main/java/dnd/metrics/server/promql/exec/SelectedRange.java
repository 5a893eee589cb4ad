package dnd.metrics.server.promql.exec;

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
    if (nextSeries == series.size()) {
      context.memory.release(16 * reserved, reserved);
      reserved = 0;
      return false;
    }
    context.check();
    Series one = series.get(nextSeries++);
    into.reset(one.labels(), false);
    SampleReader reader = context.read(one, selection);
    long read = 0;
    while (reader.next(batch)) {
      read += batch.size;
      into.append(batch);
      if (into.size() > reserved) {
        context.memory.reserve(16 * (into.size() - reserved), into.size() - reserved);
        reserved = into.size();
      }
    }
    context.counts.addSamples(read);
    return true;
  }
}
