package dnd.metrics.bench;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Rules for a benchmark, and what the service says of them. */
final class RuleLoad {
  private static final int RULES_PER_GROUP = 20;

  private final StringBuilder yaml = new StringBuilder("groups:\n");
  private final String interval;
  private int rules;

  /**
   * @param interval at which groups are evaluated whatever comes
   */
  RuleLoad(String interval) {
    this.interval = interval;
  }

  /** Adds an alerting rule; every twenty are a group. */
  RuleLoad add(String alert, String expr) {
    if (rules % RULES_PER_GROUP == 0) {
      yaml.append("  - name: group").append(rules / RULES_PER_GROUP).append('\n');
      yaml.append("    interval: ").append(interval).append("\n    rules:\n");
    }
    yaml.append("      - alert: ").append(alert).append('\n');
    yaml.append("        expr: ").append(expr).append('\n');
    yaml.append("        labels: {severity: page}\n");
    rules++;
    return this;
  }

  /**
   * Rules that the events of a load concern, all of them, and that never fire: nine in ten read one
   * series each, one in ten a metric of all hosts.
   */
  static RuleLoad concernedBy(DevopsLoad load, int count) {
    RuleLoad rules = new RuleLoad("5s");
    for (int i = 0; i < count; i++) {
      String metric = DevopsLoad.METRICS.get(i % DevopsLoad.METRICS.size());
      String host = load.hosts().get(i % load.hosts().size()).tag("hostname");
      rules.add(
          "Flooded" + i,
          i % 10 == 9
              ? "avg by (region) (%s) > 1000".formatted(metric)
              : "%s{hostname=\"%s\"} > 1000".formatted(metric, host));
    }
    return rules;
  }

  /** Saves the rules, and throws where the service did not take them all. */
  void save(URI hub) throws IOException, InterruptedException {
    JsonNode answer =
        HubRequest.ask(
            hub,
            "bench",
            "alert.rules",
            Map.of("action", "save", "file", "bench.yml", "content", yaml.toString()));
    if (answer.path("rules").asInt(0) != rules) {
      throw new IllegalStateException("the rules were not loaded: " + answer);
    }
  }

  /** How rules have done since the service's start: {@code at_once}, {@code missed}, and so on. */
  static JsonNode figures(URI hub) throws IOException, InterruptedException {
    return HubRequest.ask(hub, "bench", "metrics.status", Map.of()).path("result").path("rules");
  }
}
