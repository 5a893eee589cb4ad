package dnd.metrics.server.promql.exec;

import org.jspecify.annotations.Nullable;

/** Applies a range function to the series of a range vector, one after the other. */
final class RangeCallOperator implements SeriesOperator {
  /** What windows (8) and the function that keeps the most (32) note of each sample of a series. */
  private static final long NOTED_BYTES = 40;

  private final QueryContext context;
  private final RangeSource source;
  private final RangeFunction function;
  private final Windows windows;
  private final boolean keepsName;
  private final RangeSamples samples = new RangeSamples();

  /** The most samples of a series so far, of which there is room for notes. */
  private long noted;

  /**
   * @param keepsName whether results are still the metric that the samples were of
   */
  RangeCallOperator(
      QueryContext context,
      RangeSource source,
      RangeFunction function,
      Windows windows,
      boolean keepsName) {
    this.context = context;
    this.source = source;
    this.function = function;
    this.windows = windows;
    this.keepsName = keepsName;
  }

  @Override
  public @Nullable StepSeries next() {
    while (source.next(samples)) {
      if (samples.size() == 0) {
        continue;
      }
      if (samples.size() > noted) {
        context.memory.reserve(NOTED_BYTES * (samples.size() - noted), 0);
        noted = samples.size();
      }
      windows.slideOver(samples);
      StepSeries out = context.series(samples.labeled(), samples.dropName, windows.steps);
      function.evaluate(samples, windows, out);
      if (!out.isEmpty(windows.steps)) {
        if (!keepsName || samples.dropName) {
          context.dropName(out);
        }
        context.count(out);
        return out;
      }
      context.release(out);
    }
    return null;
  }
}
