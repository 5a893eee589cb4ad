package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Labels;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** An alert that fires, or is expected to. */
record FiringAlert(SortedMap<String, String> labels, SortedMap<String, String> annotations) {
  private static final Comparator<FiringAlert> ORDER =
      Comparator.comparing(FiringAlert::labels, LabelText::compare)
          .thenComparing(FiringAlert::annotations, LabelText::compare);

  static FiringAlert of(Labels labels, Labels annotations) {
    return new FiringAlert(sorted(labels), sorted(annotations));
  }

  private static SortedMap<String, String> sorted(Labels labels) {
    SortedMap<String, String> result = new TreeMap<>(Labels::compareCodePoints);
    result.putAll(labels.toMap());
    return result;
  }

  static List<FiringAlert> sorted(List<FiringAlert> alerts) {
    return alerts.stream().sorted(ORDER).toList();
  }

  /** As promtool prints a list of alerts. */
  static String print(List<FiringAlert> alerts) {
    if (alerts.isEmpty()) {
      return "[]";
    }
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < alerts.size(); i++) {
      FiringAlert alert = alerts.get(i);
      out.append(i > 0 ? "," : "")
          .append("\n")
          .append(i)
          .append(":\n  Labels:")
          .append(LabelText.print(alert.labels))
          .append("\n  Annotations:")
          .append(LabelText.print(alert.annotations));
    }
    return out.append("\n]").toString();
  }
}
