package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dnd.metrics.events.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs one case of conformance/clients. */
final class SharedCase {
  private final JsonNode description;
  private final ManualClock clock = new ManualClock();
  private final HubDouble hub = new HubDouble();
  private final EventPattern patterns = new EventPattern();
  private final List<DroppedEvent> dropped = new ArrayList<>();
  private final List<RejectedMetric> rejected = new ArrayList<>();
  private final MetricsClient client;

  SharedCase(JsonNode description) {
    this.description = description;
    JsonNode config = description.path("config");
    MetricsClientBuilder builder =
        MetricsClient.builder()
            .serviceId(config.path("service_id").asString("dice_service"))
            .messageHub(hub)
            .clock(clock)
            .jitter(() -> 1.0)
            .onDropped(dropped::add)
            .onRejected(rejected::add);
    JsonNode instance = config.path("instance");
    if (!instance.isNull()) {
      builder.instance(instance.asString("dice-1"));
    }
    if (config.has("batch_size")) {
      builder.batchSize(config.get("batch_size").intValue());
    }
    if (config.has("push_interval")) {
      builder.pushInterval(config.get("push_interval").stringValue());
    }
    if (config.has("repeat_interval")) {
      builder.repeatInterval(
          Duration.ofMillis(EventPattern.millis(config.get("repeat_interval").stringValue())));
    }
    if (config.has("buffer_events")) {
      builder.bufferEvents(config.get("buffer_events").intValue());
    }
    if (config.has("labels")) {
      builder.labels(labels(config.get("labels")));
    }
    client = builder.buildWithoutThread();
  }

  void run() {
    JsonNode steps = description.path("steps");
    for (int i = 0; i < steps.size(); i++) {
      try {
        step(steps.get(i));
        rest();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("step " + i + ", " + shortened(steps.get(i)), e);
      }
    }
  }

  private static String shortened(JsonNode step) {
    String text = step.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  /** Lets the client do what is due; when it next has something to do. */
  private long rest() {
    return client.pusher().turn();
  }

  private void step(JsonNode step) {
    String error = step.path("error").asString("");
    if (error.isEmpty()) {
      act(step);
      return;
    }
    MetricsException thrown = catchThrowableOfType(MetricsException.class, () -> act(step));
    assertThat(thrown).as("an error").isNotNull();
    assertThat(thrown.code()).isEqualTo(error);
  }

  private void act(JsonNode step) {
    String name = step.properties().iterator().next().getKey();
    JsonNode of = step.get(name);
    switch (name) {
      case "inc_counter", "set_gauge", "inc_gauge", "dec_gauge", "observe" -> record(name, of);
      case "describe" ->
          client.describe(
              of.get("name").stringValue(),
              of.get("help").stringValue(),
              of.get("unit").stringValue());
      case "each" -> {
        for (int i = 0; i < of.intValue(); i++) {
          step(filledIn(step.get("step"), i));
        }
      }
      case "advance" -> advance(EventPattern.millis(of.stringValue()));
      case "hub" -> hub(of);
      case "flush" -> await(flush(of.path("correlation_id").asString("")));
      case "close" ->
          await(
              client.closeAsync(
                  Duration.ofMillis(EventPattern.millis(of.get("timeout").stringValue()))));
      case "expect_events" -> expectEvents(of);
      case "expect_dropped" -> assertThat(dropped).hasSize(of.intValue());
      case "expect_rejected" -> expectRejected(of);
      default -> throw new AssertionError("unknown step " + name);
    }
  }

  private CompletableFuture<Void> flush(String correlationId) {
    return correlationId.isEmpty() ? client.flushAsync() : client.flushAsync(correlationId);
  }

  private void await(CompletableFuture<Void> done) {
    rest();
    try {
      done.get(10, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException
        | InterruptedException e) {
      throw new AssertionError("it does not end", e);
    }
  }

  private void record(String call, JsonNode of) {
    String name = of.get("name").stringValue();
    double value = of.has("value") ? number(of.get("value")) : 1;
    Map<String, String> labels = labels(of.path("labels"));
    switch (call) {
      case "inc_counter" -> {
        if (of.has("value")) {
          client.addCounter(name, value, labels);
        } else {
          client.incCounter(name, labels);
        }
      }
      case "set_gauge" -> client.setGauge(name, value, labels);
      case "inc_gauge" -> client.incGauge(name, value, labels);
      case "dec_gauge" -> client.decGauge(name, value, labels);
      default -> client.observe(name, value, labels);
    }
  }

  private static Map<String, String> labels(JsonNode object) {
    Map<String, String> labels = new TreeMap<>();
    object
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().stringValue()));
    return labels;
  }

  private static double number(JsonNode node) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.stringValue()) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(node.stringValue());
    };
  }

  private static JsonNode filledIn(JsonNode step, int n) {
    String json = step.toString().replace("\"${n}\"", Integer.toString(n)).replace("${n}", "" + n);
    return StrictJson.mapper().readTree(json);
  }

  private void advance(long millis) {
    long end = clock.millis() + millis;
    while (true) {
      long next = rest();
      if (next > end) {
        break;
      }
      clock.advance(Math.max(0, next - clock.millis()));
    }
    clock.advance(end - clock.millis());
  }

  private void hub(JsonNode state) {
    if (state.isObject()) {
      hub.reply(state.get("reply").toString());
      return;
    }
    switch (state.stringValue()) {
      case "up" -> hub.up();
      case "down" -> hub.down();
      case "silent" -> hub.silent();
      default -> throw new AssertionError("unknown state " + state);
    }
  }

  private void expectEvents(JsonNode expected) {
    ArrayNode found = StrictJson.mapper().createArrayNode();
    for (HubDouble.Got got : hub.takeRequests()) {
      ObjectNode one = found.addObject();
      one.put("subject", got.subject());
      one.set("headers", StrictJson.mapper().valueToTree(got.headers()));
      one.set("event", sorted(StrictJson.mapper().readTree(got.text())));
    }
    patterns.check("events", expected, found);
  }

  private static JsonNode sorted(JsonNode event) {
    if (event.path("data").path("metrics") instanceof ArrayNode metrics) {
      List<JsonNode> list = new ArrayList<>();
      metrics.forEach(list::add);
      list.sort(
          Comparator.comparing((JsonNode metric) -> metric.path("name").asString(""))
              .thenComparing(SharedCase::labelsAsJson));
      metrics.removeAll();
      metrics.addAll(list);
    }
    return event;
  }

  private static String labelsAsJson(JsonNode metric) {
    return metric.has("labels") ? metric.get("labels").toString() : "{}";
  }

  private void expectRejected(JsonNode expected) {
    ArrayNode found = StrictJson.mapper().createArrayNode();
    for (RejectedMetric metric : rejected) {
      ObjectNode one = found.addObject();
      metric.name().ifPresent(name -> one.put("name", name));
      one.put("code", metric.code());
      one.put("reason", metric.reason());
    }
    rejected.clear();
    patterns.check("rejected", expected, found);
  }
}
