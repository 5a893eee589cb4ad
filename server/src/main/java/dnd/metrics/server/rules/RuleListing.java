package dnd.metrics.server.rules;

import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.GoFloat;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.file.Rule;
import dnd.metrics.server.rules.file.RuleGroup;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rules as JSON in the shape of Prometheus's rules API ({@code /api/v1/rules}), with what this
 * service knows besides: whether a rule is active, and how often its group was evaluated.
 */
final class RuleListing {
  private static final JsonMapper JSON = StrictJson.mapper();
  private static final double NANOS = 1e9;

  private final RuleFilter filter;
  private final boolean withAlerts;

  RuleListing(RuleFilter filter, boolean withAlerts) {
    this.filter = filter;
    this.withAlerts = withAlerts;
  }

  /**
   * A group; null where the filter leaves nothing of it.
   *
   * @param loaded the same group as it is evaluated; null where none of its rules is active
   */
  @Nullable ObjectNode group(
      StoredGroup group, @Nullable LoadedGroup loaded, RuleDefaults defaults) {
    RuleGroup head = group.head();
    ObjectNode node = JSON.createObjectNode();
    node.put("name", group.name()).put("file", group.file());
    ArrayNode rules = node.putArray("rules");
    List<RuleState> states = loaded == null ? List.of() : loaded.state.rules();
    int active = 0;
    for (StoredRule stored : group.rules()) {
      RuleState state = RuleState.NEW;
      Labels labels = Labels.of(head.labels());
      if (stored.active()) {
        state = active < states.size() ? states.get(active) : RuleState.NEW;
        active++;
      }
      if (filter.rule(stored.rule().name())) {
        rules.add(rule(stored, state, labels));
      }
    }
    if (rules.isEmpty()) {
      return null;
    }
    long interval =
        head.interval().isZero() ? defaults.intervalMillis() : head.interval().toMillis();
    node.put("interval", interval / 1000.0);
    node.put("limit", head.limit());
    head.queryOffset()
        .ifPresent(offset -> node.put("queryOffset", DurationText.format(offset.toMillis())));
    node.put("evaluationTime", loaded == null ? 0 : loaded.tookNanos / NANOS);
    node.put(
        "lastEvaluation", time(loaded == null ? AlertInstance.NEVER : loaded.evaluatedAtMillis));
    node.put("intervals", loaded == null ? 0 : loaded.intervals.sum());
    node.put("atOnce", loaded == null ? 0 : loaded.atOnce.sum());
    node.put("missed", loaded == null ? 0 : loaded.missed.sum());
    return node;
  }

  private ObjectNode rule(StoredRule stored, RuleState state, Labels groupLabels) {
    ObjectNode node = JSON.createObjectNode();
    Rule rule = stored.rule();
    node.put("name", rule.name()).put("query", rule.expr());
    Labels.Builder labels = groupLabels.toBuilder();
    rule.labels().forEach(labels::set);
    texts(node.putObject("labels"), labels.build().toMap());
    if (rule instanceof Rule.AlertingRule alerting) {
      node.put("state", stored.active() ? state.alertState() : "inactive");
      node.put("duration", alerting.holdDuration().toMillis() / 1000.0);
      node.put("keepFiringFor", alerting.keepFiringFor().toMillis() / 1000.0);
      texts(node.putObject("annotations"), alerting.annotations());
      ArrayNode alerts = node.putArray("alerts");
      if (withAlerts) {
        state.alerts().values().stream()
            .filter(AlertInstance::active)
            .map(RuleListing::alert)
            .forEach(alerts::add);
      }
    }
    node.put("health", state.health());
    if (state.lastError() != null) {
      node.put("lastError", state.lastError());
    }
    node.put("evaluationTime", state.tookNanos() / NANOS);
    node.put("lastEvaluation", time(state.evaluatedAtMillis()));
    node.put("type", rule instanceof Rule.AlertingRule ? "alerting" : "recording");
    node.put("active", stored.active());
    node.put("updated_at", time(stored.updatedAtMillis()));
    node.put("updated_by", stored.updatedBy());
    return node;
  }

  private static ObjectNode alert(AlertInstance alert) {
    ObjectNode node = JSON.createObjectNode();
    texts(node.putObject("labels"), alert.labels().toMap());
    texts(node.putObject("annotations"), alert.annotations().toMap());
    node.put("state", alert.state().text());
    node.put("activeAt", time(alert.activeAtMillis()));
    if (alert.keepFiringSinceMillis() != AlertInstance.NEVER) {
      node.put("keepFiringSince", time(alert.keepFiringSinceMillis()));
    }
    node.put("value", GoFloat.format(alert.value()));
    node.put("correlation_id", alert.correlationId());
    return node;
  }

  private static void texts(ObjectNode into, Map<String, String> texts) {
    texts.forEach(into::put);
  }

  /** RFC 3339; Go's zero time for never, as in Prometheus. */
  private static String time(long millis) {
    return millis == AlertInstance.NEVER ? "0001-01-01T00:00:00Z" : Timestamps.format(millis);
  }
}
