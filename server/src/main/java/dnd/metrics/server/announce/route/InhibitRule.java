package dnd.metrics.server.announce.route;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.List;

/**
 * While an alert that matches the source fires, those that match the target are not announced where
 * both have the same values of the labels in {@code equal}; a label that is not there counts as
 * empty. An alert that matches both sides is not inhibited by another that does so too. Immutable.
 *
 * @param name for people, or empty
 */
public record InhibitRule(
    String name, List<Matcher> source, List<Matcher> target, List<String> equal) {
  public InhibitRule {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
  }

  public boolean isSource(Labels labels) {
    return Matcher.allMatch(source, labels);
  }

  public boolean isTarget(Labels labels) {
    return Matcher.allMatch(target, labels);
  }

  /** What source and target must have in common. */
  public Labels common(Labels labels) {
    return labels.keep(equal);
  }
}
