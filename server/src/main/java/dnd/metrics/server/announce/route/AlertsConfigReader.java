package dnd.metrics.server.announce.route;

import dnd.metrics.server.yaml.YamlMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code alerts:} of the configuration, which is written as Alertmanager's configuration file
 * is: {@code global.resolve_timeout}, {@code route}, {@code receivers}, {@code inhibit_rules},
 * {@code time_intervals}. Receivers are names only.
 */
public final class AlertsConfigReader {
  private AlertsConfigReader() {}

  public static AlertsConfig read(YamlMapping mapping) {
    long resolveTimeout =
        mapping
            .mapping("global")
            .flatMap(global -> {
              Optional<Long> timeout =
                  global.durationOrZero("resolve_timeout").map(Duration::toMillis);
              global.finish();
              return timeout;
            })
            .orElse(AlertsConfig.DEFAULT.resolveTimeoutMillis());
    Map<String, List<TimeInterval>> intervals = new LinkedHashMap<>();
    TimeIntervalReader.read(mapping, "time_intervals", intervals);
    TimeIntervalReader.read(mapping, "mute_time_intervals", intervals);
    Set<String> receivers = receivers(mapping);
    Route route =
        mapping
            .mapping("route")
            .map(root -> new RouteReader(receivers, intervals.keySet()).root(root))
            .orElse(Route.AT_ONCE);
    List<InhibitRule> inhibitRules = new ArrayList<>();
    for (YamlMapping rule : mapping.mappings("inhibit_rules")) {
      inhibitRules.add(inhibitRule(rule));
      rule.finish();
    }
    mapping.finish();
    return new AlertsConfig(resolveTimeout, List.copyOf(receivers), route, inhibitRules, intervals);
  }

  private static Set<String> receivers(YamlMapping mapping) {
    Set<String> names = new LinkedHashSet<>();
    for (YamlMapping receiver : mapping.mappings("receivers")) {
      Optional<String> name = receiver.string("name");
      if (name.isEmpty()) {
        receiver.problem("name", "missing name in receiver");
      } else if (!names.add(name.get())) {
        receiver.problem("name", "receiver '" + name.get() + "' is given twice");
      }
      for (String key : receiver.keys()) {
        if (!key.equals("name")) {
          receiver.problem(
              key,
              "a receiver is only a name here, which the events alert.triggered and alert.resolved"
                  + " carry; '"
                  + key
                  + "' belongs to Alertmanager");
        }
      }
    }
    return names;
  }

  private static InhibitRule inhibitRule(YamlMapping mapping) {
    List<String> equal = mapping.strings("equal");
    if (equal.stream().anyMatch(String::isEmpty)) {
      mapping.problem("equal", "a label in equal is empty");
    }
    return new InhibitRule(
        mapping.string("name").orElse(""),
        MatcherReader.read(mapping, "source_match", "source_match_re", "source_matchers"),
        MatcherReader.read(mapping, "target_match", "target_match_re", "target_matchers"),
        equal);
  }
}
