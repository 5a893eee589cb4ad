package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a rule from one evaluation to the next. Immutable.
 *
 * @param written the series that the last evaluation wrote, each with its last sample
 * @param alerts of an alerting rule, by labels; those that are over but kept among them
 * @param lastError why the last evaluation failed; null where it did not
 * @param evaluatedAtMillis the time of the last evaluation, {@link AlertInstance#NEVER} before it
 * @param tookNanos how long it took
 */
public record RuleState(
    Map<Labels, VectorSample> written,
    Map<Labels, AlertInstance> alerts,
    @Nullable String lastError,
    long evaluatedAtMillis,
    long tookNanos) {

  /** Of a rule that was never evaluated. */
  public static final RuleState NEW =
      new RuleState(Map.of(), Map.of(), null, AlertInstance.NEVER, 0);

  /** Prometheus's word: {@code unknown}, {@code ok} or {@code err}. */
  public String health() {
    if (evaluatedAtMillis == AlertInstance.NEVER) {
      return "unknown";
    }
    return lastError == null ? "ok" : "err";
  }

  /** Prometheus's word: the furthest that one of the alerts has come. */
  public String alertState() {
    if (evaluatedAtMillis == AlertInstance.NEVER && alerts.isEmpty()) {
      return "unknown";
    }
    AlertState furthest = AlertState.INACTIVE;
    for (AlertInstance alert : alerts.values()) {
      if (alert.state().compareTo(furthest) > 0) {
        furthest = alert.state();
      }
    }
    return furthest.text();
  }

  /** Of an alerting rule with alerts brought back from before a restart; their series go on. */
  static RuleState restored(AlertDefinition rule, Map<Labels, AlertInstance> alerts) {
    Map<Labels, VectorSample> series = new LinkedHashMap<>();
    for (VectorSample sample : AlertTracker.samples(rule, alerts, 0)) {
      series.put(sample.labels(), sample);
    }
    return new RuleState(series, alerts, null, AlertInstance.NEVER, 0);
  }
}
