package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code topk} and {@code bottomk}: series are taken in one after the other; at every step each
 * group keeps a heap of its k best samples, the least of them on top. What is in memory follows k,
 * not the number of series.
 */
final class TopOperator implements SeriesOperator {
  /** The places of a series' labels, and what says of them that the name is gone. */
  private static final int KEPT_BYTES = 32;

  /** What is kept of a group beside its heaps. */
  private static final int GROUP_BYTES = 160;

  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final boolean largest;
  private final double[] k;
  private final int steps;
  private final PositionRange position;
  private final List<Labeled> labels = new ArrayList<>();
  private final List<Boolean> dropNames = new ArrayList<>();
  private @Nullable Iterator<StepSeries> results;

  /**
   * @param k how many, a value a step
   */
  TopOperator(
      QueryContext context,
      SeriesOperator inner,
      Grouping grouping,
      boolean largest,
      double[] k,
      int steps,
      PositionRange position) {
    this.context = context;
    this.inner = inner;
    this.grouping = grouping;
    this.largest = largest;
    this.k = k;
    this.steps = steps;
    this.position = position;
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results =
          WholeNumbers.check(context, inner, k, steps)
              ? evaluate()
              : List.<StepSeries>of().iterator();
    }
    return results.hasNext() ? results.next() : null;
  }

  private Iterator<StepSeries> evaluate() {
    List<Heaps> groups = new ArrayList<>();
    Map<Labels, Heaps> byLabels = new HashMap<>();
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      int number = labels.size();
      labels.add(series.labeled());
      context.memory.reserve(KEPT_BYTES + series.heldLabelBytes(), 0);
      dropNames.add(series.dropName);
      Heaps heaps =
          byLabels.computeIfAbsent(
              grouping.of(series.labeled()),
              l -> {
                Heaps created = new Heaps();
                groups.add(created);
                context.memory.reserve(GROUP_BYTES + l.heapBytes() + 4L * steps, 0);
                return created;
              });
      heaps.add(series, number);
      if (series.hasHistograms(steps)) {
        context.annotations.add(
            Annotation.histogramIgnoredInAggregation(largest ? "topk" : "bottomk", position));
      }
      context.release(series);
    }
    KeptSamples kept = new KeptSamples(context, steps, labels, dropNames);
    for (Heaps heaps : groups) {
      heaps.drainTo(kept);
    }
    return kept.finish().iterator();
  }

  /** Whether {@code a} is further from being among the best than {@code b}; NaN is furthest. */
  private boolean isWorse(double a, double b) {
    return Double.isNaN(a) || (largest ? a < b : a > b);
  }

  /** A binary heap a step: the j-th place of all steps' heaps together in one array. */
  private final class Heaps {
    private final int[] sizes = new int[steps];
    private double[][] values = {};
    private int[][] numbers = {};

    void add(StepSeries series, int number) {
      double[] samples = series.values;
      for (int i = 0; i < steps; i++) {
        double v = samples[i];
        if (Double.isNaN(v) && Absent.is(v)) {
          continue;
        }
        int size = sizes[i];
        if (size < (long) k[i]) {
          if (size == values.length) {
            addPlace();
          }
          put(i, size, v, number);
          sizes[i]++;
          up(i, size);
        } else if (size > 0) {
          double worst = values[0][i];
          if ((largest ? worst < v : worst > v) || (Double.isNaN(worst) && !Double.isNaN(v))) {
            put(i, 0, v, number);
            down(i, size);
          }
        }
      }
    }

    private void addPlace() {
      values = Arrays.copyOf(values, values.length + 1);
      numbers = Arrays.copyOf(numbers, numbers.length + 1);
      values[values.length - 1] = context.array(steps);
      context.memory.reserve(16 + 4L * steps, 0);
      numbers[numbers.length - 1] = new int[steps];
    }

    private void put(int step, int place, double value, int number) {
      values[place][step] = value;
      numbers[place][step] = number;
    }

    private void swap(int step, int a, int b) {
      double value = values[a][step];
      int number = numbers[a][step];
      put(step, a, values[b][step], numbers[b][step]);
      put(step, b, value, number);
    }

    private void up(int step, int from) {
      int place = from;
      while (place > 0) {
        int parent = (place - 1) / 2;
        if (!isWorse(values[place][step], values[parent][step])) {
          return;
        }
        swap(step, place, parent);
        place = parent;
      }
    }

    private void down(int step, int size) {
      int place = 0;
      while (2 * place + 1 < size) {
        int child = 2 * place + 1;
        if (child + 1 < size && isWorse(values[child + 1][step], values[child][step])) {
          child++;
        }
        if (!isWorse(values[child][step], values[place][step])) {
          return;
        }
        swap(step, place, child);
        place = child;
      }
    }

    void drainTo(KeptSamples kept) {
      if (steps == 1) {
        sortBestFirst(0);
      }
      for (int place = 0; place < values.length; place++) {
        double[] samples = values[place];
        int[] from = numbers[place];
        for (int i = 0; i < steps; i++) {
          if (place < sizes[i]) {
            kept.add(i, from[i], samples[i]);
          }
        }
        context.release(samples);
      }
    }

    /** Insertion sort, which leaves equal values in their order. */
    private void sortBestFirst(int step) {
      for (int n = 1; n < sizes[step]; n++) {
        for (int j = n; j > 0 && isWorse(values[j - 1][step], values[j][step]); j--) {
          swap(step, j, j - 1);
        }
      }
    }
  }
}
