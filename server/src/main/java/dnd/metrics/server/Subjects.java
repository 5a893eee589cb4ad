package dnd.metrics.server;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The subjects that the service handles, and which of them to subscribe to.
 *
 * <p>What is configured ({@code "*.metrics.*"}, {@code "combat.metrics.push"}) and what is known
 * ({@code "*.metrics.push"}) are both patterns; subscribed is what both stand for. No two of the
 * patterns of {@link #subscriptions} stand for the same subject: a member of a queue group with two
 * subscriptions that match would get the message twice.
 */
public final class Subjects {
  private static final Pattern VALID =
      Pattern.compile("(?:[^\\s.*>]+|\\*)(?:\\.(?:[^\\s.*>]+|\\*))*(?:\\.>)?|>");

  /** Every event type that services may send, in the order of the documentation. */
  public static final List<String> EVENT_TYPES =
      List.of(
          EventTypes.METRICS_PUSH,
          EventTypes.METRICS_REPORT,
          EventTypes.METRICS_QUERY,
          EventTypes.METRICS_CANCEL,
          EventTypes.METRICS_SERIES,
          EventTypes.METRICS_LABELS,
          EventTypes.METRICS_LABEL_VALUES,
          EventTypes.METRICS_METADATA,
          EventTypes.METRICS_PARSE,
          EventTypes.METRICS_QUERIES,
          EventTypes.METRICS_STATUS,
          EventTypes.METRICS_BACKUP,
          EventTypes.METRICS_DELETE,
          EventTypes.METRICS_RETENTION,
          EventTypes.ALERT_STATUS,
          EventTypes.ALERT_CHECK,
          EventTypes.ALERT_RULES,
          EventTypes.ALERT_SILENCE,
          EventTypes.DASHBOARD_REQUEST);

  private Subjects() {}

  /**
   * What to subscribe to for events of {@code eventType}: all where {@code patterns} is empty. A
   * pattern that stands for one form of a type with a {@linkplain EventTypes#twin twin} stands for
   * both.
   */
  public static List<String> subscriptions(String eventType, List<String> patterns) {
    List<String> result = new ArrayList<>();
    for (String form : forms(eventType)) {
      String known = "*." + form;
      List<String> found = new ArrayList<>();
      for (String pattern : patterns) {
        for (String each : forms(eventType)) {
          intersection("*." + each, pattern)
              .map(subject -> subject.substring(0, subject.indexOf('.') + 1) + form)
              .filter(subject -> !found.contains(subject))
              .ifPresent(found::add);
        }
      }
      // Only the first token varies: the wildcard there covers all the others.
      result.addAll(patterns.isEmpty() || found.contains(known) ? List.of(known) : found);
    }
    return List.copyOf(result);
  }

  private static List<String> forms(String eventType) {
    String twin = EventTypes.twin(eventType);
    return twin.equals(eventType) ? List.of(eventType) : List.of(eventType, twin);
  }

  /** The patterns that stand for nothing that the service handles. */
  public static List<String> withoutEffect(List<String> patterns) {
    return patterns.stream()
        .filter(pattern ->
            EVENT_TYPES.stream()
                .flatMap(type -> forms(type).stream())
                .noneMatch(type -> intersection("*." + type, pattern).isPresent()))
        .toList();
  }

  /** The subject patterns of a list in a configuration; what is no pattern is reported. */
  static List<String> readPatterns(YamlMapping mapping, String key) {
    List<String> patterns = mapping.strings(key);
    List<String> valid = new ArrayList<>();
    for (String pattern : patterns) {
      if (VALID.matcher(pattern).matches()) {
        valid.add(pattern);
      } else {
        mapping.problem(
            key, "'" + pattern + "' is no subject pattern (such as \"*.metrics.push\")");
      }
    }
    if (mapping.isEmptyList(key)) {
      mapping.problem(key, key + " is empty: nothing would be handled");
    }
    return valid;
  }

  /** The pattern of the subjects that both stand for; {@code known} has no {@code >}. */
  private static Optional<String> intersection(String known, String pattern) {
    String[] ours = known.split("\\.", -1);
    String[] theirs = pattern.split("\\.", -1);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < ours.length; i++) {
      if (i >= theirs.length) {
        return Optional.empty();
      }
      String token = theirs[i];
      if (token.equals(">")) {
        tokens.addAll(List.of(ours).subList(i, ours.length));
        return Optional.of(String.join(".", tokens));
      }
      if (token.equals("*") || token.equals(ours[i])) {
        tokens.add(ours[i]);
      } else if (ours[i].equals("*")) {
        tokens.add(token);
      } else {
        return Optional.empty();
      }
    }
    return theirs.length == ours.length ? Optional.of(String.join(".", tokens)) : Optional.empty();
  }
}
