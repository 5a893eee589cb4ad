package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Fingerprint;
import dnd.metrics.server.model.Labels;
import java.util.Map;

/**
 * An alerting rule made ready to be evaluated.
 *
 * @param name the alert's name
 * @param holdMillis the rule's {@code for}
 * @param keepFiringMillis the rule's {@code keep_firing_for}
 * @param labelTexts the labels as the file has them, the group's among them, templates unexpanded
 * @param labels the same, made ready
 * @param annotations made ready
 * @param key tells the rule from all others that are loaded; part of its alerts' ids
 */
record AlertDefinition(
    String name,
    long holdMillis,
    long keepFiringMillis,
    Labels labelTexts,
    Map<String, AlertText> labels,
    Map<String, AlertText> annotations,
    String key) {

  /** The id of the episode of an alert that begins at {@code atMillis}. */
  String episode(Labels alertLabels, long atMillis) {
    return Fingerprint.of(alertLabels) + '-' + key + '-' + atMillis;
  }
}
