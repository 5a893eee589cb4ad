package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.VectorMatching;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code and} and {@code unless}: of the left side what has, or has not, a counterpart on the right
 * at the same step. Of the right side only is kept where there was something.
 */
final class SetOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator left;
  private final SeriesOperator right;
  private final boolean keepsMatched;
  private final MatchSignature signature;
  private final int steps;
  private @Nullable List<StepMask> presence;

  SetOperator(
      QueryContext context,
      SeriesOperator left,
      SeriesOperator right,
      BinaryOp op,
      VectorMatching matching,
      int steps) {
    this.context = context;
    this.left = left;
    this.right = right;
    this.keepsMatched = op == BinaryOp.AND;
    this.signature = new MatchSignature(context, matching);
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (presence == null) {
      presence = new ArrayList<>();
      gather(context, right, signature, steps, presence);
    }
    StepSeries series;
    while ((series = left.next()) != null) {
      context.check();
      int number = signature.number(series.labeled());
      boolean known = number < presence.size();
      if (!known && !keepsMatched) {
        return series;
      }
      if (known && filter(series, presence.get(number))) {
        return series;
      }
      context.release(series);
    }
    return null;
  }

  private boolean filter(StepSeries series, StepMask matched) {
    if (matched.isFull()) {
      return keepsMatched;
    }
    boolean any = false;
    for (int i = 0; i < steps; i++) {
      if (!series.has(i)) {
        continue;
      }
      if (matched.has(i) == keepsMatched) {
        any = true;
      } else {
        series.setAbsent(i);
      }
    }
    return any;
  }

  /** Notes by signature at which steps there is any sample, and lets the series go. */
  private static void gather(
      QueryContext context,
      SeriesOperator operator,
      MatchSignature signature,
      int steps,
      List<StepMask> presence) {
    StepSeries series;
    while ((series = operator.next()) != null) {
      context.check();
      note(context, series, signature, steps, presence);
      context.release(series);
    }
  }

  static void note(
      QueryContext context,
      StepSeries series,
      MatchSignature signature,
      int steps,
      List<StepMask> presence) {
    int number = signature.number(series.labeled());
    while (presence.size() <= number) {
      presence.add(new StepMask(steps));
      context.memory.reserve(StepMask.heapBytes(steps), 0);
    }
    presence.get(number).addSamplesOf(series);
  }
}
