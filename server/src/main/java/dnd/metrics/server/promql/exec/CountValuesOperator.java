package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code count_values}: how often each value comes, the value written into a label. A result a
 * group and value. There may be as many results as samples, each at few steps: they are counted as
 * pairs of step and count, and become whole step arrays one at a time.
 */
final class CountValuesOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final String valueLabel;
  private final boolean keepsValue;
  private final int steps;
  private @Nullable Iterator<Map.Entry<Labels, Counts>> results;

  /**
   * @param grouping of labels that the value's label is already among
   * @param keepsValue whether the groups keep the value's label
   */
  CountValuesOperator(
      QueryContext context,
      SeriesOperator inner,
      Grouping grouping,
      String valueLabel,
      boolean keepsValue,
      int steps) {
    this.context = context;
    this.inner = inner;
    this.grouping = grouping;
    this.valueLabel = valueLabel;
    this.keepsValue = keepsValue;
    this.steps = steps;
  }

  /** How often a value comes at the steps at which it does. */
  private static final class Counts {
    private int[] stepsAndCounts = new int[2];
    private int size;

    /** Returns how many bytes more it takes now. */
    int add(int step) {
      int[] pairs = stepsAndCounts;
      // The steps of one series come in order; those of the next begin anew.
      int at = size - 2;
      if (at < 0 || pairs[at] != step) {
        at = at >= 0 && pairs[at] > step ? find(step) : size;
      }
      if (at < size && pairs[at] == step) {
        pairs[at + 1]++;
        return 0;
      }
      int grown = 0;
      if (size == pairs.length) {
        pairs = Arrays.copyOf(pairs, 2 * size);
        stepsAndCounts = pairs;
        grown = 4 * size;
      }
      System.arraycopy(pairs, at, pairs, at + 2, size - at);
      pairs[at] = step;
      pairs[at + 1] = 1;
      size += 2;
      return grown;
    }

    /** Where the step is, or belongs. */
    private int find(int step) {
      int low = 0;
      int high = size / 2;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (stepsAndCounts[2 * middle] < step) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return 2 * low;
    }

    void write(double[] values) {
      for (int i = 0; i < size; i += 2) {
        values[stepsAndCounts[i]] = stepsAndCounts[i + 1];
      }
    }
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = count().entrySet().iterator();
    }
    if (!results.hasNext()) {
      return null;
    }
    Map.Entry<Labels, Counts> result = results.next();
    StepSeries out = context.series(result.getKey(), false, steps);
    result.getValue().write(out.values);
    return out;
  }

  private Map<Labels, Counts> count() {
    Map<Labels, Counts> counts = new LinkedHashMap<>();
    Map<Labels, Map<Object, Counts>> byGroup = new HashMap<>();
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      Labels labels = series.labels();
      Labels withoutValue = grouping.of(labels.with(valueLabel, ""));
      Map<Object, Counts> byValue = byGroup.computeIfAbsent(withoutValue, group -> new HashMap<>());
      int before = counts.size();
      long bytes = 0;
      for (int i = 0; i < steps; i++) {
        Histogram histogram = series.histogram(i);
        if (histogram == null && !series.hasFloat(i)) {
          continue;
        }
        Object value = histogram == null ? (Object) series.values[i] : histogram.toString();
        Counts found = byValue.get(value);
        if (found == null) {
          String text = value instanceof Double number ? GoNumbers.plain(number) : value.toString();
          Labels group =
              keepsValue
                  ? withoutValue.with(valueLabel, text)
                  : grouping.of(labels.with(valueLabel, text));
          found = counts.computeIfAbsent(group, l -> new Counts());
          byValue.put(value, found);
          bytes += RESULT_BYTES + group.heapBytes() + StepSeries.textBytes(text.length());
        }
        bytes += found.add(i);
      }
      context.memory.reserve(bytes, counts.size() - before);
      context.release(series);
    }
    return counts;
  }

  /** What map entries and counts of a result take. */
  private static final long RESULT_BYTES = 160;
}
