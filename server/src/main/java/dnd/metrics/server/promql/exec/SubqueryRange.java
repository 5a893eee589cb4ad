package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.promql.plan.StepGrid;
import org.jspecify.annotations.Nullable;

/** The series of a subquery: what it evaluates to on its own grid, taken as samples. */
final class SubqueryRange implements RangeSource {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final StepGrid grid;
  private final boolean isArgument;

  /** Whose histograms are the samples that were returned last. */
  private @Nullable StepSeries last;

  /** The most samples of a series so far, for which there is room. */
  private long reserved;

  /**
   * @param isArgument whether a function goes over the samples, rather than they being the answer
   */
  SubqueryRange(QueryContext context, SeriesOperator inner, StepGrid grid, boolean isArgument) {
    this.context = context;
    this.inner = inner;
    this.grid = grid;
    this.isArgument = isArgument;
  }

  @Override
  public boolean next(RangeSamples into) {
    if (last != null) {
      context.release(last);
    }
    StepSeries series = inner.next();
    last = series;
    if (series == null) {
      context.memory.release(RangeSamples.SAMPLE_BYTES * reserved, reserved);
      reserved = 0;
      return false;
    }
    context.check();
    into.reset(series.labeled(), series.dropName);
    int samples = series.count(grid.count());
    if (samples > reserved) {
      long more = samples - reserved;
      context.memory.reserve(RangeSamples.SAMPLE_BYTES * more, more);
      reserved = samples;
    }
    for (int i = 0; i < grid.count(); i++) {
      Histogram histogram = series.histogram(i);
      if (histogram != null) {
        into.addHistogram(grid.time(i), isArgument ? forgetReset(histogram) : histogram, 0);
      } else if (series.hasFloat(i)) {
        into.addFloat(grid.time(i), series.values[i], 0);
      }
    }
    return true;
  }

  /**
   * What a histogram says about the one before it holds no more: a subquery may skip samples, or
   * return one several times.
   */
  private static Histogram forgetReset(Histogram histogram) {
    return switch (histogram.counterResetHint()) {
      case RESET, NOT_RESET -> histogram.withCounterResetHint(CounterResetHint.UNKNOWN);
      case UNKNOWN, GAUGE -> histogram;
    };
  }
}
