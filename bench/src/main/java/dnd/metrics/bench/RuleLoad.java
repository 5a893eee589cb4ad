package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules for a benchmark, and what the service says of them. */
final class RuleLoad {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
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
        ask(
            hub,
            "alert.rules",
            Map.of("action", "save", "file", "bench.yml", "content", yaml.toString()));
    if (answer.path("rules").asInt(0) != rules) {
      throw new IllegalStateException("the rules were not loaded: " + answer);
    }
  }

  /** How rules have done since the service's start: {@code at_once}, {@code missed}, and so on. */
  static JsonNode figures(URI hub) throws IOException, InterruptedException {
    return ask(hub, "metrics.status", Map.of()).path("result").path("rules");
  }

  private static JsonNode ask(URI hub, String type, Map<String, Object> data)
      throws IOException, InterruptedException {
    Connection connection = Nats.connect(hub.toString());
    try {
      String event = JSON.writeValueAsString(Map.of("type", type, "data", data));
      Message reply = connection.request("bench." + type, event.getBytes(UTF_8), PATIENCE);
      if (reply == null) {
        throw new IOException("no answer to " + type + " within " + PATIENCE);
      }
      return JSON.readTree(reply.getData()).path("data");
    } finally {
      connection.close();
    }
  }
}
