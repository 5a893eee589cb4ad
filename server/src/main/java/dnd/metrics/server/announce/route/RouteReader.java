package dnd.metrics.server.announce.route;

import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.yaml.NearestWord;
import dnd.metrics.server.yaml.YamlMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the routing tree. */
final class RouteReader {
  private static final int MAX_DEPTH = 64;
  private static final String ALL = "...";

  /** What the root has where it does not say, as in Alertmanager. */
  private static final Route DEFAULT =
      new Route(
          "",
          "",
          Set.of(),
          false,
          30_000,
          300_000,
          14_400_000,
          List.of(),
          false,
          List.of(),
          List.of(),
          List.of());

  private final Set<String> receivers;
  private final Set<String> timeIntervals;

  RouteReader(Set<String> receivers, Set<String> timeIntervals) {
    this.receivers = receivers;
    this.timeIntervals = timeIntervals;
  }

  Route root(YamlMapping mapping) {
    if (mapping.string("receiver").isEmpty()) {
      mapping.problem("receiver", "root route must specify a default receiver");
    }
    for (String key : List.of("match", "match_re", "matchers")) {
      if (mapping.has(key)) {
        mapping.problem(key, "root route must not have any matchers");
      }
    }
    if (mapping.has("mute_time_intervals")) {
      mapping.problem("mute_time_intervals", "root route must not have any mute time intervals");
    }
    if (mapping.has("active_time_intervals")) {
      mapping.problem(
          "active_time_intervals", "root route must not have any active time intervals");
    }
    if (mapping.bool("continue").orElse(false)) {
      mapping.problem("continue", "cannot have continue in root route");
    }
    return read(mapping, DEFAULT, 0);
  }

  private Route read(YamlMapping mapping, Route parent, int depth) {
    String receiver = mapping.string("receiver").orElse(parent.receiver());
    if (!receivers.isEmpty() && !receivers.contains(receiver) && mapping.has("receiver")) {
      mapping.problem("receiver", undefined("receiver", receiver, receivers));
    }
    if (receiver.chars().anyMatch(Character::isISOControl)) {
      mapping.problem("receiver", "a receiver's name has no control characters");
    }
    Set<String> groupBy = parent.groupBy();
    boolean groupByAll = parent.groupByAll();
    if (mapping.has("group_by")) {
      groupBy = groupBy(mapping);
      groupByAll = groupBy.remove(ALL);
      if (groupByAll && !groupBy.isEmpty()) {
        mapping.problem(
            "group_by", "cannot have wildcard group_by (`...`) and other labels at the same time");
      }
    }
    List<Matcher> matchers = MatcherReader.read(mapping, "match", "match_re", "matchers");
    Route self =
        new Route(
            (parent.key().isEmpty() ? "" : parent.key() + "/") + Route.text(matchers),
            receiver,
            groupBy,
            groupByAll,
            mapping
                .durationOrZero("group_wait")
                .map(Duration::toMillis)
                .orElse(parent.groupWaitMillis()),
            mapping
                .durationOrZero("group_interval")
                .map(Duration::toMillis)
                .orElse(parent.groupIntervalMillis()),
            mapping
                .durationOrZero("repeat_interval")
                .map(Duration::toMillis)
                .orElse(parent.repeatIntervalMillis()),
            matchers,
            mapping.bool("continue").orElse(false),
            intervals(mapping, "mute_time_intervals"),
            intervals(mapping, "active_time_intervals"),
            List.of());
    List<Route> children = new ArrayList<>();
    for (YamlMapping child : mapping.mappings("routes")) {
      if (depth == MAX_DEPTH) {
        child.problem("", "routes are nested deeper than " + MAX_DEPTH + " levels");
        break;
      }
      children.add(read(child, self, depth + 1));
    }
    mapping.finish();
    return self.withRoutes(children);
  }

  private static Set<String> groupBy(YamlMapping mapping) {
    Set<String> labels = new HashSet<>();
    for (String label : mapping.strings("group_by")) {
      if (label.isEmpty()) {
        mapping.problem("group_by", "invalid label name \"\" in group_by list");
      } else if (!labels.add(label)) {
        mapping.problem("group_by", "duplicated label '" + label + "' in group_by");
      }
    }
    return labels;
  }

  private List<String> intervals(YamlMapping mapping, String key) {
    List<String> names = mapping.strings(key);
    for (String name : names) {
      if (!timeIntervals.contains(name)) {
        mapping.problem(key, undefined("time interval", name, timeIntervals));
      }
    }
    return names;
  }

  private static String undefined(String what, String name, Set<String> known) {
    return "undefined "
        + what
        + " '"
        + name
        + "' used in route"
        + NearestWord.of(name, known).map(word -> "; did you mean '" + word + "'?").orElse("");
  }
}
