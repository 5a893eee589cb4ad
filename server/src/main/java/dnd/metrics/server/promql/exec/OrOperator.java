package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.VectorMatching;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code or}: the left side, and of the right what has no counterpart on the left at the same step.
 * Where both sides hold a series of the same labels the two become one.
 */
final class OrOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator left;
  private final SeriesOperator right;
  private final MatchSignature signature;
  private final int steps;
  private @Nullable SeriesList results;

  OrOperator(
      QueryContext context,
      SeriesOperator left,
      SeriesOperator right,
      VectorMatching matching,
      int steps) {
    this.context = context;
    this.left = left;
    this.right = right;
    this.signature = new MatchSignature(context, matching);
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = new SeriesList(evaluate());
    }
    return results.next();
  }

  private List<StepSeries> evaluate() {
    List<StepSeries> all = SeriesList.drain(context, left);
    Map<Labels, StepSeries> byLabels = new HashMap<>();
    List<StepMask> presence = new ArrayList<>();
    for (StepSeries series : all) {
      context.checkNowAndThen();
      byLabels.put(series.labels(), series);
      SetOperator.note(context, series, signature, steps, presence);
    }
    StepSeries series;
    while ((series = right.next()) != null) {
      context.check();
      int number = signature.number(series.labeled());
      if (number < presence.size()) {
        StepMask matched = presence.get(number);
        for (int i = 0; i < steps; i++) {
          if (matched.has(i)) {
            series.setAbsent(i);
          }
        }
      }
      StepSeries same = byLabels.get(series.labels());
      if (same == null || steps == 1) {
        if (!series.isEmpty(steps)) {
          byLabels.putIfAbsent(series.labels(), series);
          all.add(series);
        }
        continue;
      }
      if (series.firstStep(steps) < same.firstStep(steps)) {
        // As in Prometheus, where a series is what its first sample is.
        same.dropName = series.dropName;
      }
      for (int i = 0; i < steps; i++) {
        if (series.has(i)) {
          if (same.has(i)) {
            throw QueryException.execution(MergeSameLabels.SAME_LABELS);
          }
          same.take(i, series);
        }
      }
      context.release(series);
    }
    return all;
  }
}
