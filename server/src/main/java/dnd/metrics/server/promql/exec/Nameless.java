package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import java.util.Collection;

/** The labels of something but for those that say which metric it is. */
record Nameless(Labeled named) implements Labeled {
  @Override
  public Labels labels() {
    return MetricNames.drop(named);
  }

  @Override
  public int newLabelBytes() {
    return named.newLabelBytes();
  }

  @Override
  public String label(String name) {
    return MetricNames.isDropped(name) ? "" : named.label(name);
  }

  @Override
  public Labels keep(Collection<String> names) {
    return MetricNames.drop(named.keep(names));
  }

  @Override
  public Labels without(Collection<String> names) {
    return MetricNames.drop(named.without(names));
  }
}
