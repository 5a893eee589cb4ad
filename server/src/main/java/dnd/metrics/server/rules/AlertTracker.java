package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the alerts of one alerting rule from one evaluation to the next, with the meaning of
 * Prometheus's {@code rules/alerting.go}. Holds no state of its own: what was goes in, what is
 * comes out. Safe for use by several threads.
 *
 * <p>Where it says more than Prometheus: an alert that a limit or a longer {@code for} takes back
 * from firing is reported as resolved, since somebody was told that it fires.
 */
final class AlertTracker {
  /** How long an alert that is over is kept. */
  static final long RESOLVED_RETENTION_MILLIS = 15 * 60_000;

  static final String ALERT_NAME = "alertname";
  static final String ALERTS = "ALERTS";
  static final String ALERTS_FOR_STATE = "ALERTS_FOR_STATE";
  static final String ALERT_STATE = "alertstate";

  private final AlertDefinition rule;

  AlertTracker(AlertDefinition rule) {
    this.rule = rule;
  }

  /**
   * Goes one step.
   *
   * @param before the alerts by labels, as the last step returned them
   * @param result what the rule's expression is at {@code atMillis} less {@code queryOffsetMillis}
   * @param limit the most alerts that may be active, 0 for any number
   */
  AlertAdvance advance(
      Map<Labels, AlertInstance> before,
      List<VectorSample> result,
      long atMillis,
      long queryOffsetMillis,
      int limit,
      RuleQuery query,
      Cause cause) {
    Map<Labels, AlertInstance> found = new LinkedHashMap<>();
    for (VectorSample sample : result) {
      Labels labels = alertLabels(sample, atMillis, query);
      AlertInstance alert =
          AlertInstance.pending(
              rule.episode(labels, atMillis),
              labels,
              annotations(sample, atMillis, query),
              sample.value(),
              atMillis,
              "");
      if (found.put(labels, alert) != null) {
        return new AlertAdvance(
            before,
            List.of(),
            List.of(),
            "vector contains metrics with the same labelset after applying alert labels");
      }
    }
    Step step = new Step(atMillis, cause);
    before.forEach((labels, alert) -> {
      AlertInstance now = found.remove(labels);
      if (now == null) {
        step.missing(labels, alert);
      } else if (alert.active()) {
        step.seen(labels, alert, now);
      } else {
        step.begin(labels, now);
      }
    });
    found.forEach(step::begin);
    if (limit > 0 && step.active > limit) {
      return overLimit(before, atMillis, cause, limit, step.active);
    }
    return new AlertAdvance(
        step.alerts, step.changes, samples(rule, step.alerts, atMillis - queryOffsetMillis), null);
  }

  private Labels alertLabels(VectorSample sample, long atMillis, RuleQuery query) {
    Labels.Builder labels = sample.labels().toBuilder().remove(Labels.METRIC_NAME);
    rule.labels().forEach((name, text) -> labels.set(name, expand(text, sample, atMillis, query)));
    return labels.set(ALERT_NAME, rule.name()).build();
  }

  private Labels annotations(VectorSample sample, long atMillis, RuleQuery query) {
    Labels.Builder annotations = Labels.builder();
    rule.annotations()
        .forEach((name, text) -> annotations.set(name, expand(text, sample, atMillis, query)));
    return annotations.build();
  }

  private static String expand(
      AlertText text, VectorSample sample, long atMillis, RuleQuery query) {
    String expanded = text.expand(sample, atMillis, query);
    query.made(expanded.length());
    return expanded;
  }

  /** Nothing is active any more, as in Prometheus. */
  private static AlertAdvance overLimit(
      Map<Labels, AlertInstance> before, long atMillis, Cause cause, int limit, int active) {
    List<AlertChange> changes = new ArrayList<>();
    before.forEach((labels, alert) -> {
      if (alert.active()) {
        AlertInstance over = alert.resolved(atMillis, cause.eventOf(labels));
        changes.add(
            alert.state() == AlertState.FIRING
                ? new AlertChange.Resolved(over)
                : new AlertChange.Dropped(over));
      }
    });
    return new AlertAdvance(
        Map.of(), changes, List.of(), "exceeded limit of " + limit + " with " + active + " alerts");
  }

  /** The alerts of one step as they become known. */
  private final class Step {
    final Map<Labels, AlertInstance> alerts = new LinkedHashMap<>();
    final List<AlertChange> changes = new ArrayList<>();
    int active;

    private final long atMillis;
    private final Cause cause;

    Step(long atMillis, Cause cause) {
      this.atMillis = atMillis;
      this.cause = cause;
    }

    void begin(Labels labels, AlertInstance alert) {
      String event = cause.eventOf(labels);
      AlertInstance caused = alert.causedBy(event.isEmpty() ? cause.evaluation() : event);
      active++;
      if (rule.holdMillis() > 0) {
        alerts.put(labels, caused);
        changes.add(new AlertChange.Pending(caused));
      } else {
        fire(labels, caused);
      }
    }

    private void fire(Labels labels, AlertInstance alert) {
      AlertInstance fired = alert.fired(atMillis);
      alerts.put(labels, fired);
      changes.add(new AlertChange.Fired(fired));
    }

    /** It is active, and the expression gives it again. */
    void seen(Labels labels, AlertInstance alert, AlertInstance now) {
      AlertInstance seen = alert.seen(now.value(), now.annotations());
      if (alert.keepFiringSinceMillis() != AlertInstance.NEVER) {
        changes.add(new AlertChange.Kept(seen));
      }
      active(labels, seen);
    }

    private void active(Labels labels, AlertInstance alert) {
      active++;
      if (alert.state() == AlertState.PENDING) {
        pending(labels, alert);
      } else if (hasFiredTooEarly(alert)) {
        pendAgain(labels, alert);
      } else {
        alerts.put(labels, alert);
      }
    }

    private void pending(Labels labels, AlertInstance alert) {
      // Where the clock was set back, its for begins anew: it would last as much longer.
      AlertInstance counted =
          atMillis < alert.activeAtMillis() ? alert.activeSince(atMillis) : alert;
      if (isHeld(counted)) {
        fire(labels, counted);
      } else {
        alerts.put(labels, counted);
      }
    }

    private boolean isHeld(AlertInstance alert) {
      return atMillis - alert.activeAtMillis() >= rule.holdMillis();
    }

    /**
     * Whether the rule's {@code for} was shorter when it fired than it is now, and is not over. A
     * clock that was set back takes no alert back.
     */
    private boolean hasFiredTooEarly(AlertInstance alert) {
      return alert.firedAtMillis() - alert.activeAtMillis() < rule.holdMillis() && !isHeld(alert);
    }

    /** The rule's {@code for} has become longer. */
    private void pendAgain(Labels labels, AlertInstance alert) {
      changes.add(new AlertChange.Resolved(alert.resolved(atMillis, cause.eventOf(labels))));
      AlertInstance again =
          AlertInstance.pending(
              rule.episode(labels, atMillis),
              labels,
              alert.annotations(),
              alert.value(),
              alert.activeAtMillis(),
              alert.correlationId());
      alerts.put(labels, again);
      changes.add(new AlertChange.Pending(again));
    }

    /** The expression no longer gives the alert. */
    void missing(Labels labels, AlertInstance alert) {
      switch (alert.state()) {
        case PENDING ->
            changes.add(new AlertChange.Dropped(alert.resolved(atMillis, cause.eventOf(labels))));
        case FIRING -> {
          boolean first = alert.keepFiringSinceMillis() == AlertInstance.NEVER;
          // Where the clock was set back, the time that is kept begins anew.
          long since = first ? atMillis : Math.min(atMillis, alert.keepFiringSinceMillis());
          if (atMillis - since >= rule.keepFiringMillis()) {
            AlertInstance over = alert.resolved(atMillis, cause.eventOf(labels));
            alerts.put(labels, over);
            changes.add(new AlertChange.Resolved(over));
          } else if (since != alert.keepFiringSinceMillis()) {
            AlertInstance kept = alert.keptFiring(since, cause.eventOf(labels));
            changes.add(new AlertChange.Kept(kept));
            active(labels, kept);
          } else {
            active(labels, alert);
          }
        }
        case INACTIVE -> {
          if (atMillis - alert.resolvedAtMillis() <= RESOLVED_RETENTION_MILLIS) {
            alerts.put(labels, alert);
          }
        }
      }
    }
  }

  /** The samples that say which alerts are active. */
  static List<VectorSample> samples(
      AlertDefinition rule, Map<Labels, AlertInstance> alerts, long atMillis) {
    List<VectorSample> samples = new ArrayList<>();
    for (AlertInstance alert : alerts.values()) {
      if (alert.active()) {
        Labels.Builder labels = rule.labelTexts().toBuilder();
        alert.labels().forEach(labels::set);
        labels.set(ALERT_NAME, rule.name());
        double since = Math.floorDiv(alert.activeAtMillis(), 1000L);
        samples.add(
            new VectorSample(
                labels.set(Labels.METRIC_NAME, ALERTS_FOR_STATE).build(), atMillis, since, null));
        labels.set(Labels.METRIC_NAME, ALERTS).set(ALERT_STATE, alert.state().text());
        samples.add(new VectorSample(labels.build(), atMillis, 1, null));
      }
    }
    return samples;
  }
}
