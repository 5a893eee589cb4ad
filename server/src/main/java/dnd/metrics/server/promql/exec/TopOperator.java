package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.ArrayList;
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
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final boolean largest;
  private final double[] k;
  private final int steps;
  private final PositionRange position;
  private final List<Labels> labels = new ArrayList<>();
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
      results = WholeNumbers.check(k, steps) ? evaluate() : List.<StepSeries>of().iterator();
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
      labels.add(series.labels);
      dropNames.add(series.dropName);
      Heaps heaps =
          byLabels.computeIfAbsent(
              grouping.of(series.labels),
              l -> {
                Heaps created = new Heaps();
                groups.add(created);
                return created;
              });
      heaps.add(series, number);
      if (series.histograms != null) {
        context.annotations.add(
            Annotation.histogramIgnoredInAggregation(largest ? "topk" : "bottomk", position));
      }
      context.release(series);
    }
    KeptSamples kept = new KeptSamples(context, steps);
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
    private final List<double[]> values = new ArrayList<>();
    private final List<int[]> numbers = new ArrayList<>();

    void add(StepSeries series, int number) {
      for (int i = 0; i < steps; i++) {
        double v = series.values[i];
        if (Double.isNaN(v) && Absent.is(v)) {
          continue;
        }
        int size = sizes[i];
        if (size < k[i] && k[i] >= 1 && size + 1 <= (long) k[i]) {
          if (size == values.size()) {
            values.add(context.array(steps));
            numbers.add(new int[steps]);
          }
          put(i, size, v, number);
          sizes[i]++;
          up(i, size);
        } else if (size > 0) {
          double worst = values.getFirst()[i];
          if ((largest ? worst < v : worst > v) || (Double.isNaN(worst) && !Double.isNaN(v))) {
            put(i, 0, v, number);
            down(i, size);
          }
        }
      }
    }

    private void put(int step, int place, double value, int number) {
      values.get(place)[step] = value;
      numbers.get(place)[step] = number;
    }

    private void swap(int step, int a, int b) {
      double value = values.get(a)[step];
      int number = numbers.get(a)[step];
      put(step, a, values.get(b)[step], numbers.get(b)[step]);
      put(step, b, value, number);
    }

    private void up(int step, int from) {
      int place = from;
      while (place > 0) {
        int parent = (place - 1) / 2;
        if (!isWorse(values.get(place)[step], values.get(parent)[step])) {
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
        if (child + 1 < size && isWorse(values.get(child + 1)[step], values.get(child)[step])) {
          child++;
        }
        if (!isWorse(values.get(child)[step], values.get(place)[step])) {
          return;
        }
        swap(step, place, child);
        place = child;
      }
    }

    void drainTo(KeptSamples kept) {
      for (int i = 0; i < steps; i++) {
        if (steps == 1) {
          sortBestFirst(i);
        }
        for (int place = 0; place < sizes[i]; place++) {
          int number = numbers.get(place)[i];
          kept.add(i, labels.get(number), dropNames.get(number), values.get(place)[i]);
        }
      }
      values.forEach(context::release);
    }

    /** Insertion sort, which leaves equal values in their order. */
    private void sortBestFirst(int step) {
      for (int n = 1; n < sizes[step]; n++) {
        for (int j = n; j > 0 && isWorse(values.get(j - 1)[step], values.get(j)[step]); j--) {
          swap(step, j, j - 1);
        }
      }
    }
  }
}
