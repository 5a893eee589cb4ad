package dnd.metrics.server.promql.exec;

import dnd.metrics.server.promql.plan.Plan;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What each operator of a query costs, for {@code explain}: operators are wrapped in ones that look
 * at the clock. A query that is measured runs on one thread. For that thread.
 */
final class Measurements {
  private final ReadCounts counts;
  private final IdentityHashMap<Plan, Cost> costs = new IdentityHashMap<>();

  Measurements(ReadCounts counts) {
    this.counts = counts;
  }

  private static final class Cost {
    long nanos;
    long series;
    long points;
    long samplesRead;
  }

  private <T> T timed(Cost cost, Supplier<T> work) {
    long started = System.nanoTime();
    long read = counts.samples();
    try {
      return work.get();
    } finally {
      cost.nanos += System.nanoTime() - started;
      cost.samplesRead += counts.samples() - read;
    }
  }

  private Cost cost(Plan plan) {
    return costs.computeIfAbsent(plan, p -> new Cost());
  }

  /**
   * @param maker makes the operator, which may take time too
   */
  SeriesOperator vector(Plan plan, int steps, Supplier<SeriesOperator> maker) {
    Cost cost = cost(plan);
    SeriesOperator operator = timed(cost, maker);
    return () -> {
      StepSeries series = timed(cost, () -> nextOf(operator));
      if (series != null) {
        cost.series++;
        cost.points += series.count(steps);
      }
      return series;
    };
  }

  private static @Nullable StepSeries nextOf(SeriesOperator operator) {
    return operator.next();
  }

  RangeSource range(Plan plan, Supplier<RangeSource> maker) {
    Cost cost = cost(plan);
    RangeSource source = timed(cost, maker);
    return into -> {
      boolean any = timed(cost, () -> source.next(into));
      if (any) {
        cost.series++;
        cost.points += into.size();
      }
      return any;
    };
  }

  ScalarOperator scalar(Plan plan, int steps, Supplier<ScalarOperator> maker) {
    Cost cost = cost(plan);
    ScalarOperator operator = timed(cost, maker);
    return () -> {
      double[] values = timed(cost, operator::values);
      cost.points += steps;
      return values;
    };
  }

  /** The plan's operators from the top, each before those below it. */
  List<OperatorCost> of(Plan plan) {
    List<OperatorCost> all = new ArrayList<>();
    add(plan, 0, all);
    return all;
  }

  private void add(Plan plan, int depth, List<OperatorCost> all) {
    Cost cost = costs.getOrDefault(plan, new Cost());
    all.add(
        new OperatorCost(
            depth, plan.describe(), cost.nanos, cost.series, cost.points, cost.samplesRead));
    plan.children().forEach(child -> add(child, depth + 1, all));
  }
}
