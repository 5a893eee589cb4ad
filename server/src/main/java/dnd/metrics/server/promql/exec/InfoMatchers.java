package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which info metrics and which of their labels {@code info} is asked for: the matchers of its
 * second argument, those of the name apart.
 *
 * @param names the matchers of the info metrics' names; never empty
 * @param labels the matchers of other labels; those labels are wanted, or all where there is none
 */
record InfoMatchers(List<Matcher> names, List<Matcher> labels) {
  private static final Matcher TARGET_INFO = Matcher.equal(Labels.METRIC_NAME, "target_info");

  static InfoMatchers of(List<Matcher> matchers) {
    List<Matcher> names = new ArrayList<>();
    List<Matcher> labels = new ArrayList<>();
    for (Matcher matcher : matchers) {
      (matcher.name().equals(Labels.METRIC_NAME) ? names : labels).add(matcher);
    }
    boolean anyPositive =
        names.stream()
            .anyMatch(m -> m.type() == Matcher.Type.EQUAL || m.type() == Matcher.Type.REGEX);
    if (names.isEmpty()) {
      names.add(TARGET_INFO);
    } else if (!anyPositive) {
      names.addFirst(new Matcher(Matcher.Type.REGEX, Labels.METRIC_NAME, ".+_info"));
    }
    return new InfoMatchers(List.copyOf(names), List.copyOf(labels));
  }

  /** Whether a series is itself an info metric. */
  boolean isInfo(Labels series) {
    return names.stream().allMatch(m -> m.matches(series.metricName()));
  }

  /** The labels that are wanted, or none for all. */
  Set<String> wantedLabels() {
    Set<String> wanted = new HashSet<>();
    labels.forEach(matcher -> wanted.add(matcher.name()));
    return wanted;
  }

  /** Whether a series without any info metric is to be in the result. */
  boolean acceptsNoInfo() {
    return labels.stream().allMatch(matcher -> matcher.matches(""));
  }
}
