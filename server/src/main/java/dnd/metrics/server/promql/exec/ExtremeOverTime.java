package dnd.metrics.server.promql.exec;

import java.util.Arrays;

/**
 * {@code max_over_time}, {@code min_over_time} and the times of the extremes, with a queue of
 * candidates that slides with the window. NaN only counts where there is nothing else. Of equal
 * extremes the time is the last one's.
 */
final class ExtremeOverTime implements RangeFunction {
  private final RangeCall call;
  private final boolean max;
  private final boolean takesTime;
  private int[] queue = new int[64];

  ExtremeOverTime(RangeCall call, boolean max, boolean takesTime) {
    this.call = call;
    this.max = max;
    this.takesTime = takesTime;
  }

  @Override
  public void evaluate(RangeSamples samples, Windows windows, StepSeries out) {
    if (queue.length < samples.floats) {
      queue = Arrays.copyOf(queue, samples.floats);
    }
    int[] candidates = queue;
    double[] values = samples.floatValues;
    int head = 0;
    int tail = 0;
    int taken = 0;
    for (int i = windows.firstStep; i < windows.endStep; i++) {
      int from = windows.floatFrom[i];
      int to = windows.floatTo[i];
      if (to == from) {
        continue;
      }
      if (taken < from) {
        // The window jumped over samples: nothing before it matters.
        taken = from;
        head = 0;
        tail = 0;
      }
      for (; taken < to; taken++) {
        double v = values[taken];
        if (Double.isNaN(v)) {
          continue;
        }
        while (tail > head
            && (max ? values[candidates[tail - 1]] <= v : values[candidates[tail - 1]] >= v)) {
          tail--;
        }
        candidates[tail++] = taken;
      }
      while (head < tail && candidates[head] < from) {
        head++;
      }
      // Without a number in the window all is NaN, and the newest NaN is as good as any.
      int extreme = head < tail ? candidates[head] : to - 1;
      out.values[i] = takesTime ? samples.floatTimes[extreme] / 1000.0 : values[extreme];
      if (windows.histograms(i) > 0) {
        call.annotate(
            Annotation.histogramIgnoredInMixedRange(samples.metricName(), call.firstArgument()));
      }
    }
  }
}
