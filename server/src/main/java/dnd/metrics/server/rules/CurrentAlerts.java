package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Alert;
import dnd.metrics.server.model.Labels;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gives alerts of rules that fire with the value and the annotations of the last evaluation, which
 * change without a step of the alert. Others it gives as they are. Safe for use by several threads;
 * never waits.
 */
final class CurrentAlerts implements UnaryOperator<Alert> {
  private final RuleScheduler scheduler;
  private final Labels externalLabels;

  CurrentAlerts(RuleScheduler scheduler, Labels externalLabels) {
    this.scheduler = scheduler;
    this.externalLabels = externalLabels;
  }

  @Override
  public Alert apply(Alert alert) {
    LoadedGroup loaded = scheduler.group(PreparedGroup.key(alert.file(), alert.group()));
    if (loaded == null) {
      return alert;
    }
    List<PreparedRule> rules = loaded.group.rules();
    List<RuleState> states = loaded.state.rules();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).name().equals(alert.rule())) {
        AlertInstance now = find(alert, states.get(i).alerts());
        if (now != null && now.state() == AlertState.FIRING) {
          return alert.seen(now.value(), now.annotations());
        }
      }
    }
    return alert;
  }

  private @Nullable AlertInstance find(Alert alert, Map<Labels, AlertInstance> alerts) {
    Labels own =
        externalLabels.isEmpty()
            ? alert.labels()
            : alert.labels().without(externalLabels.toMap().keySet());
    AlertInstance same = alerts.get(own);
    if (same != null && same.id().equals(alert.id())) {
      return same;
    }
    if (!externalLabels.isEmpty()) { // it may have one of them itself
      for (AlertInstance each : alerts.values()) {
        if (each.id().equals(alert.id())) {
          return each;
        }
      }
    }
    return null;
  }
}
