package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code absent} and {@code absent_over_time}: 1 at the steps at which no series has a sample, with
 * the labels that the selector asks for.
 */
final class AbsentOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator inner;
  private final Labels labels;
  private final boolean dropsName;
  private final int steps;
  private boolean done;

  AbsentOperator(
      QueryContext context, SeriesOperator inner, Labels labels, boolean dropsName, int steps) {
    this.context = context;
    this.inner = inner;
    this.labels = labels;
    this.dropsName = dropsName;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (done) {
      return null;
    }
    done = true;
    BitSet present = new BitSet(steps);
    StepSeries series;
    while (present.nextClearBit(0) < steps && (series = inner.next()) != null) {
      context.check();
      for (int i = 0; i < steps; i++) {
        if (series.has(i)) {
          present.set(i);
        }
      }
      context.release(series);
    }
    if (present.nextClearBit(0) >= steps) {
      return null;
    }
    StepSeries out = context.series(labels, dropsName, steps);
    for (int i = present.nextClearBit(0); i < steps; i = present.nextClearBit(i + 1)) {
      out.values[i] = 1;
    }
    return out;
  }

  /** The labels that equality matchers ask for, each once; a name asked for twice is left out. */
  static Labels labels(List<Matcher> matchers) {
    Labels.Builder builder = Labels.builder();
    Set<String> seen = new HashSet<>();
    for (Matcher matcher : matchers) {
      if (matcher.name().equals(Labels.METRIC_NAME)) {
        continue;
      }
      if (matcher.type() == Matcher.Type.EQUAL && seen.add(matcher.name())) {
        builder.set(matcher.name(), matcher.value());
      } else {
        builder.remove(matcher.name());
      }
    }
    return builder.build();
  }
}
