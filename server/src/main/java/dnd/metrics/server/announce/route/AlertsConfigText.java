package dnd.metrics.server.announce.route;

import dnd.metrics.events.Durations;
import dnd.metrics.server.announce.route.TimeInterval.Range;
import dnd.metrics.server.model.Matcher;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Writes an {@link AlertsConfig} as what {@link AlertsConfigReader} reads. */
public final class AlertsConfigText {
  private AlertsConfigText() {}

  /** Keys and values as YAML has them. */
  public static Map<String, Object> toMap(AlertsConfig config) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("global", Map.of("resolve_timeout", Durations.format(config.resolveTimeoutMillis())));
    if (!config.receivers().isEmpty()) {
      map.put("receivers", config.receivers().stream().map(name -> Map.of("name", name)).toList());
    }
    if (!config.route().receiver().isEmpty()) {
      map.put("route", route(config.route()));
    }
    if (!config.inhibitRules().isEmpty()) {
      map.put("inhibit_rules", config.inhibitRules().stream().map(AlertsConfigText::rule).toList());
    }
    if (!config.timeIntervals().isEmpty()) {
      List<Object> intervals = new ArrayList<>();
      config
          .timeIntervals()
          .forEach((name, list) -> {
            Map<String, Object> named = new LinkedHashMap<>();
            named.put("name", name);
            named.put("time_intervals", list.stream().map(AlertsConfigText::interval).toList());
            intervals.add(named);
          });
      map.put("time_intervals", intervals);
    }
    return map;
  }

  private static Map<String, Object> route(Route route) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("receiver", route.receiver());
    if (!route.matchers().isEmpty()) {
      map.put("matchers", texts(route.matchers()));
    }
    map.put(
        "group_by",
        route.groupByAll() ? List.of("...") : List.copyOf(new TreeSet<>(route.groupBy())));
    map.put("group_wait", Durations.format(route.groupWaitMillis()));
    map.put("group_interval", Durations.format(route.groupIntervalMillis()));
    map.put("repeat_interval", Durations.format(route.repeatIntervalMillis()));
    if (route.goesOn()) {
      map.put("continue", true);
    }
    putUnlessEmpty(map, "mute_time_intervals", route.muteTimeIntervals());
    putUnlessEmpty(map, "active_time_intervals", route.activeTimeIntervals());
    putUnlessEmpty(map, "routes", route.routes().stream().map(AlertsConfigText::route).toList());
    return map;
  }

  private static Map<String, Object> rule(InhibitRule rule) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (!rule.name().isEmpty()) {
      map.put("name", rule.name());
    }
    putUnlessEmpty(map, "source_matchers", texts(rule.source()));
    putUnlessEmpty(map, "target_matchers", texts(rule.target()));
    putUnlessEmpty(map, "equal", rule.equal());
    return map;
  }

  private static Map<String, Object> interval(TimeInterval interval) {
    Map<String, Object> map = new LinkedHashMap<>();
    putUnlessEmpty(
        map,
        "times",
        interval.times().stream()
            .map(range ->
                Map.of("start_time", minute(range.begin()), "end_time", minute(range.end())))
            .toList());
    putUnlessEmpty(map, "weekdays", ranges(interval.weekdays(), TimeRanges.WEEKDAYS::get));
    putUnlessEmpty(map, "days_of_month", ranges(interval.daysOfMonth(), Integer::toString));
    putUnlessEmpty(
        map, "months", ranges(interval.months(), month -> TimeRanges.MONTHS.get(month - 1)));
    putUnlessEmpty(map, "years", ranges(interval.years(), Integer::toString));
    if (!interval.zone().equals(ZoneOffset.UTC)) {
      map.put("location", interval.zone().getId());
    }
    return map;
  }

  private static List<String> texts(List<Matcher> matchers) {
    return matchers.stream().map(Matcher::toString).toList();
  }

  private static List<String> ranges(List<Range> ranges, IntFunction<String> word) {
    return ranges.stream()
        .map(range ->
            range.begin() == range.end()
                ? word.apply(range.begin())
                : word.apply(range.begin()) + ':' + word.apply(range.end()))
        .toList();
  }

  private static String minute(int minuteOfDay) {
    return String.format(Locale.ROOT, "%02d:%02d", minuteOfDay / 60, minuteOfDay % 60);
  }

  private static void putUnlessEmpty(Map<String, Object> map, String key, List<?> list) {
    if (!list.isEmpty()) {
      map.put(key, list);
    }
  }
}
