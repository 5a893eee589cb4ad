package dnd.metrics.server.announce;

import java.util.List;

/**
 * Why an alert is not announced for now. Immutable.
 *
 * @param silencedBy ids of silences
 * @param inhibitedBy fingerprints of alerts
 * @param mutedBy names of time intervals
 */
record Suppression(List<String> silencedBy, List<String> inhibitedBy, List<String> mutedBy) {
  static final Suppression NONE = new Suppression(List.of(), List.of(), List.of());

  Suppression {
    silencedBy = List.copyOf(silencedBy);
    inhibitedBy = List.copyOf(inhibitedBy);
    mutedBy = List.copyOf(mutedBy);
  }

  boolean none() {
    return silencedBy.isEmpty() && inhibitedBy.isEmpty() && mutedBy.isEmpty();
  }
}
