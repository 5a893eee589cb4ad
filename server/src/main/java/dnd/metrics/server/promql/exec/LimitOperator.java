package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code limitk}: at every step the first k samples of every group, in the order they come in. */
final class LimitOperator implements SeriesOperator {
  private static final int GROUP_BYTES = 64;

  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final double[] k;
  private final int steps;
  private final Map<Labels, int[]> taken = new HashMap<>();
  private boolean checked;
  private boolean anything;

  /**
   * @param k how many, a value a step
   */
  LimitOperator(
      QueryContext context, SeriesOperator inner, Grouping grouping, double[] k, int steps) {
    this.context = context;
    this.inner = inner;
    this.grouping = grouping;
    this.k = k;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (!checked) {
      checked = true;
      anything = WholeNumbers.check(context, inner, k, steps);
    }
    if (!anything) {
      return null;
    }
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      int[] counts = taken.computeIfAbsent(grouping.of(series.labeled()), this::newCounts);
      boolean any = false;
      for (int i = 0; i < steps; i++) {
        if (!series.has(i)) {
          continue;
        }
        if (counts[i] < (long) k[i]) {
          counts[i]++;
          any = true;
        } else {
          series.setAbsent(i);
        }
      }
      if (any) {
        return series;
      }
      context.release(series);
    }
    return null;
  }

  private int[] newCounts(Labels group) {
    context.memory.reserve(GROUP_BYTES + group.heapBytes() + 4L * steps, 0);
    return new int[steps];
  }
}
