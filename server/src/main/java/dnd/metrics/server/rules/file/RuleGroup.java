package dnd.metrics.server.rules.file;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules that are evaluated one after another at the same time.
 *
 * @param name unique in its file
 * @param interval between evaluations; zero for the service's own
 * @param limit how many alerts or series a rule may give; 0 for any number
 * @param queryOffset how far back from an evaluation's time its queries look, for samples that come
 *     late; empty for the service's own
 * @param labels for every rule of the group; a rule's own go before them
 */
public record RuleGroup(
    String name,
    Duration interval,
    int limit,
    Optional<Duration> queryOffset,
    Map<String, String> labels,
    List<Rule> rules) {
  public RuleGroup {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    rules = List.copyOf(rules);
  }
}
