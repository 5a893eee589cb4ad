package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Fingerprint;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.rules.file.Rule;
import dnd.metrics.server.rules.file.RuleGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A group made ready to be evaluated: queries parsed, templates prepared, the group's labels given
 * to its rules. Immutable.
 *
 * @param file where it comes from; with the group's name it tells the group from all others
 */
public record PreparedGroup(
    String file,
    RuleGroup group,
    long intervalMillis,
    long queryOffsetMillis,
    List<PreparedRule> rules) {
  public PreparedGroup {
    rules = List.copyOf(rules);
  }

  /**
   * Makes a group ready.
   *
   * @throws ParseException where a query is wrong, which a file that was checked has none of
   */
  public static PreparedGroup of(String file, RuleGroup group, RuleDefaults defaults)
      throws ParseException {
    List<PreparedRule> rules = new ArrayList<>();
    Map<String, Integer> same = new HashMap<>();
    for (Rule rule : group.rules()) {
      Map<String, String> labels = new LinkedHashMap<>(group.labels());
      labels.putAll(rule.labels());
      // By what carries its state over when the file is saved: where other rules come before it,
      // its
      // alerts are its own after a restart, too.
      String texts = Labels.of(labels).toString();
      int number =
          same.merge(rule.getClass().getSimpleName() + rule.name() + texts, 1, Integer::sum);
      String key =
          Fingerprint.of(
              Labels.of(
                  "file", file,
                  "group", group.name(),
                  "name", rule.name(),
                  "labels", texts,
                  "number", Integer.toString(number)));
      rules.add(prepare(rule, labels, key, defaults));
    }
    return new PreparedGroup(
        file,
        group,
        group.interval().isZero() ? defaults.intervalMillis() : group.interval().toMillis(),
        group.queryOffset().map(Duration::toMillis).orElse(defaults.queryOffsetMillis()),
        rules);
  }

  private static PreparedRule prepare(
      Rule rule, Map<String, String> labels, String key, RuleDefaults defaults)
      throws ParseException {
    Expr expr = Parser.parse(rule.expr(), ParserOptions.ALL);
    return switch (rule) {
      case Rule.RecordingRule recording -> new PreparedRule.Recording(recording, expr, labels);
      case Rule.AlertingRule alerting ->
          new PreparedRule.Alerting(
              alerting,
              expr,
              new AlertDefinition(
                  alerting.name(),
                  alerting.holdDuration().toMillis(),
                  alerting.keepFiringFor().toMillis(),
                  Labels.of(labels),
                  texts(alerting.name(), labels, defaults),
                  texts(alerting.name(), alerting.annotations(), defaults),
                  key));
    };
  }

  private static Map<String, AlertText> texts(
      String alert, Map<String, String> texts, RuleDefaults defaults) {
    Map<String, AlertText> prepared = new LinkedHashMap<>();
    texts.forEach((name, text) -> prepared.put(name, AlertText.of(alert, text, defaults)));
    return prepared;
  }

  /** One without rules, that stands for a group that is not there any more. */
  static PreparedGroup empty(String file, String name) {
    return new PreparedGroup(
        file,
        new RuleGroup(name, Duration.ZERO, 0, Optional.empty(), Map.of(), List.of()),
        0,
        0,
        List.of());
  }

  /** The same group when all of its rules are gone. */
  PreparedGroup withoutRules() {
    RuleGroup empty =
        new RuleGroup(
            group.name(),
            group.interval(),
            group.limit(),
            group.queryOffset(),
            group.labels(),
            List.of());
    return new PreparedGroup(file, empty, intervalMillis, queryOffsetMillis, List.of());
  }

  public String name() {
    return group.name();
  }

  /** {@code file;name}, as Prometheus names groups. */
  public String key() {
    return key(file, group.name());
  }

  static String key(String file, String name) {
    return file + ';' + name;
  }
}
