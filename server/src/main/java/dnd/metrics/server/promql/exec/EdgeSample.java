package dnd.metrics.server.promql.exec;

/**
 * {@code first_over_time}, {@code last_over_time} and their times: a window's oldest or newest
 * sample.
 */
final class EdgeSample implements RangeFunction {
  private final boolean newest;
  private final boolean takesTime;

  EdgeSample(boolean newest, boolean takesTime) {
    this.newest = newest;
    this.takesTime = takesTime;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int floats = windows.floats(i);
      int histograms = windows.histograms(i);
      if (floats + histograms == 0) {
        continue;
      }
      int f = newest ? windows.floatTo[i] - 1 : windows.floatFrom[i];
      int h = newest ? windows.histogramTo[i] - 1 : windows.histogramFrom[i];
      boolean takeFloat =
          histograms == 0
              || (floats > 0
                  && (newest
                      ? samples.histogramTimes[h] < samples.floatTimes[f]
                      : samples.floatTimes[f] < samples.histogramTimes[h]));
      if (takesTime) {
        long time = takeFloat ? samples.floatTimes[f] : samples.histogramTimes[h];
        // Before 1970 the newest sample's time is 0: so Prometheus has it.
        out.values[i] = (newest ? Math.max(0, time) : time) / 1000.0;
      } else if (takeFloat) {
        out.values[i] = samples.floatValues[f];
      } else {
        out.setHistogram(i, samples.histogramValues[h]);
      }
    }
  }
}
