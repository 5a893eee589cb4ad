package dnd.metrics.server.announce;

import dnd.metrics.server.announce.route.InhibitRule;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which alerts keep others from being announced. Every alert that fires counts as a source,
 * also one that is itself silenced or inhibited, as in Alertmanager. Not safe for use by several
 * threads.
 */
final class Inhibitor {
  private final List<Sources> rules = new ArrayList<>();

  Inhibitor(List<InhibitRule> inhibitRules) {
    for (InhibitRule rule : inhibitRules) {
      rules.add(new Sources(rule, new HashMap<>(), new HashMap<>()));
    }
  }

  /**
   * The firing sources of a rule, by what they must have in common with their targets.
   *
   * @param onlySource those that do not match the rule's target too; alert id → labels
   * @param bothSides those that do
   */
  private record Sources(
      InhibitRule rule,
      Map<Labels, Map<String, Labels>> onlySource,
      Map<Labels, Map<String, Labels>> bothSides) {

    Map<Labels, Map<String, Labels>> of(Labels labels) {
      return rule.isTarget(labels) ? bothSides : onlySource;
    }
  }

  /** Takes note of an alert's state; true where it inhibited and does so no more. */
  boolean update(Alert alert) {
    boolean ended = false;
    for (Sources sources : rules) {
      Labels labels = alert.labels();
      if (!sources.rule().isSource(labels)) {
        continue;
      }
      Labels common = sources.rule().common(labels);
      Map<Labels, Map<String, Labels>> index = sources.of(labels);
      if (alert.firing()) {
        index.computeIfAbsent(common, key -> new LinkedHashMap<>()).put(alert.id(), labels);
      } else {
        Map<String, Labels> bucket = index.get(common);
        if (bucket != null && bucket.remove(alert.id()) != null) {
          ended = true;
          if (bucket.isEmpty()) {
            index.remove(common);
          }
        }
      }
    }
    return ended;
  }

  /** The fingerprints of alerts that keep one with these labels back, one for each rule. */
  List<String> inhibitedBy(Labels labels) {
    List<String> found = null;
    for (Sources sources : rules) {
      InhibitRule rule = sources.rule();
      if (!rule.isTarget(labels)) {
        continue;
      }
      Labels common = rule.common(labels);
      Map<String, Labels> bucket = sources.onlySource().get(common);
      if (bucket == null && !rule.isSource(labels)) {
        bucket = sources.bothSides().get(common);
      }
      if (bucket != null) {
        found = found == null ? new ArrayList<>(1) : found;
        found.add(Fingerprint.of(bucket.values().iterator().next()));
      }
    }
    return found == null ? List.of() : found;
  }
}
