package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;

/**
 * What holds for all groups.
 *
 * @param intervalMillis between the evaluations of a group that names no interval
 * @param queryOffsetMillis of a group that names none
 * @param externalLabels {@code $externalLabels} in templates
 * @param externalUrl {@code $externalURL} in templates
 */
public record RuleDefaults(
    long intervalMillis, long queryOffsetMillis, Labels externalLabels, String externalUrl) {

  /** Prometheus's: every minute, without offset. */
  public static final RuleDefaults PROMETHEUS = new RuleDefaults(60_000, 0, Labels.empty(), "");
}
