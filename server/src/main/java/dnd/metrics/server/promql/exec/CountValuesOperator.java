package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code count_values}: how often each value comes, the value written into a label. A result a
 * group and value.
 */
final class CountValuesOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final String valueLabel;
  private final boolean keepsValue;
  private final int steps;
  private @Nullable Iterator<StepSeries> results;

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

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = count().iterator();
    }
    return results.hasNext() ? results.next() : null;
  }

  private List<StepSeries> count() {
    Map<Labels, StepSeries> counts = new LinkedHashMap<>();
    Map<Labels, Map<Object, StepSeries>> byGroup = new HashMap<>();
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      Labels labels = series.labels;
      Labels withoutValue = grouping.of(labels.with(valueLabel, ""));
      Map<Object, StepSeries> byValue =
          byGroup.computeIfAbsent(withoutValue, group -> new HashMap<>());
      for (int i = 0; i < steps; i++) {
        Histogram histogram = series.histogram(i);
        if (histogram == null && !series.hasFloat(i)) {
          continue;
        }
        Object value = histogram == null ? (Object) series.values[i] : histogram.toString();
        StepSeries out = byValue.get(value);
        if (out == null) {
          String text = value instanceof Double number ? GoNumbers.plain(number) : value.toString();
          Labels group =
              keepsValue
                  ? withoutValue.with(valueLabel, text)
                  : grouping.of(labels.with(valueLabel, text));
          out = counts.computeIfAbsent(group, l -> context.series(l, false, steps));
          byValue.put(value, out);
        }
        out.values[i] = Absent.is(out.values[i]) ? 1 : out.values[i] + 1;
      }
      context.release(series);
    }
    return List.copyOf(counts.values());
  }
}
