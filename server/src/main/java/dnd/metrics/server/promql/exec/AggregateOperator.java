package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation with one series a group as its result. Series are taken in one after the other, so
 * that only the groups are in memory.
 */
final class AggregateOperator implements SeriesOperator {
  /** A group and its place in the map, without its labels and what its accumulator reserves. */
  private static final int GROUP_BYTES = 128;

  private static final class Group {
    final Labels labels;
    final GroupAccumulator accumulator;
    boolean dropName;

    Group(Labels labels, GroupAccumulator accumulator) {
      this.labels = labels;
      this.accumulator = accumulator;
    }
  }

  private final QueryContext context;
  private final SeriesOperator inner;
  private final Grouping grouping;
  private final GroupAccumulator.Factory factory;
  private final int steps;
  private @Nullable List<Group> groups;
  private int nextGroup;

  AggregateOperator(
      QueryContext context,
      SeriesOperator inner,
      Grouping grouping,
      GroupAccumulator.Factory factory,
      int steps) {
    this.context = context;
    this.inner = inner;
    this.grouping = grouping;
    this.factory = factory;
    this.steps = steps;
  }

  @Override
  public @Nullable StepSeries next() {
    if (groups == null) {
      groups = accumulate();
    }
    while (nextGroup < groups.size()) {
      context.check();
      Group group = groups.get(nextGroup++);
      StepSeries out = context.series(group.labels, group.dropName, steps);
      group.accumulator.finish(out);
      if (!out.isEmpty(steps)) {
        return out;
      }
      context.release(out);
    }
    return null;
  }

  private List<Group> accumulate() {
    List<Group> found = new ArrayList<>();
    Map<Object, Group> byKey = new HashMap<>();
    StepSeries series;
    while ((series = inner.next()) != null) {
      context.check();
      Object key = grouping.key(series.labeled());
      Group group = byKey.get(key);
      if (group == null) {
        Labels labels = grouping.of(series.labeled());
        group = new Group(labels, factory.create());
        byKey.put(key, group);
        found.add(group);
        context.memory.reserve(GROUP_BYTES + (long) labels.heapBytes(), 0);
      }
      group.dropName |= series.dropName;
      group.accumulator.add(series);
      if (!group.accumulator.keepsSeries()) {
        context.release(series);
      }
    }
    return found;
  }
}
