package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.VectorMatching;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which series of the two sides of a binary operator belong together: those whose labels agree
 * where the matching looks. Numbers the distinct ones from 0. For one thread.
 */
final class MatchSignature {
  private final boolean on;
  private final List<String> names;

  /** A signature's place in the map, and its number. */
  private static final int ENTRY_BYTES = 64;

  private final QueryContext context;
  private final Map<Labels, Integer> numbers = new HashMap<>();

  MatchSignature(QueryContext context, VectorMatching matching) {
    this.context = context;
    on = matching.on();
    List<String> all = new ArrayList<>(matching.labels());
    if (!on) {
      all.add(Labels.METRIC_NAME);
    }
    names = List.copyOf(all);
  }

  /** The labels that count. */
  Labels of(Labeled labels) {
    return on ? labels.keep(names) : labels.without(names);
  }

  int number(Labeled labels) {
    Labels signature = of(labels);
    Integer known = numbers.get(signature);
    if (known != null) {
      return known;
    }
    context.memory.reserve(ENTRY_BYTES + (long) signature.heapBytes(), 0);
    numbers.put(signature, numbers.size());
    return numbers.size() - 1;
  }

  int count() {
    return numbers.size();
  }
}
