package dnd.metrics.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.EventTypes;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs the cases of conformance/events against the service in this process. */
class ConformanceTest {
  private static final Duration WAIT = Duration.ofMinutes(1);
  private static final Path CASES = Path.of("..", "conformance", "events");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir static Path folder;
  private static RunningService service;
  private static Connection client;
  private static EventSchemas schemas;

  @BeforeAll
  static void start() throws Exception {
    service = new RunningService(folder);
    client = Nats.connect(service.url());
    schemas = EventSchemas.load();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    service.close();
  }

  @TestFactory
  List<DynamicTest> cases() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (JsonNode one : JSON.readTree(Files.readString(file)).get("cases")) {
          String name = file.getFileName() + ": " + one.get("name").stringValue();
          tests.add(DynamicTest.dynamicTest(name, () -> run(one)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests;
  }

  private static void run(JsonNode one) throws Exception {
    Placeholders placeholders =
        new Placeholders(
            "case_" + NAMES.incrementAndGet(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60));
    int number = 0;
    for (JsonNode step : one.get("steps")) {
      step(placeholders, step, ++number);
    }
  }

  private static void step(Placeholders placeholders, JsonNode step, int number) throws Exception {
    String subject = placeholders.text(step.get("subject").stringValue());
    Map<String, Subscription> watched = watch(step);
    String inbox = client.createInbox();
    Subscription replies = client.subscribe(inbox);
    byte[] payload = payload(placeholders, step);
    client.publish(subject, inbox, headers(placeholders, step), payload);
    String what = "step " + number + " on " + subject;
    JsonNode reply = next(replies, what);
    assertThat(EventPattern.differences(placeholders.json(step.get("reply")), reply))
        .as("%s: %s%nreply %s", what, new String(payload, StandardCharsets.UTF_8), reply)
        .isEmpty();
    schemas.checkSent(reply);
    if (step.has("event") && isTakenWhole(reply)) {
      schemas.checkAccepted(JSON.readTree(payload));
    }
    checkPublished(placeholders, step, watched, what);
    client.flush(WAIT);
    assertThat(replies.nextMessage(Duration.ofMillis(1))).as("a second reply to %s", what).isNull();
    replies.unsubscribe();
    for (Subscription subscription : watched.values()) {
      subscription.unsubscribe();
    }
  }

  private static boolean isTakenWhole(JsonNode reply) {
    JsonNode data = reply.get("data");
    return switch (reply.get("type").stringValue()) {
      case "metrics.collected" -> data.get("rejected").isEmpty();
      case "metrics.result" -> data.get("status").stringValue().equals("success");
      case "alerts.status", "alerts.silences" ->
          data.get("status").stringValue().equals("success") && data.path("rejected").isEmpty();
      default -> false;
    };
  }

  private static Map<String, Subscription> watch(JsonNode step) throws Exception {
    Map<String, Subscription> watched = new LinkedHashMap<>();
    if (step.get("published") instanceof ObjectNode published) {
      published.propertyNames().forEach(name -> watched.put(name, client.subscribe(name)));
    }
    client.flush(WAIT);
    return watched;
  }

  private static byte[] payload(Placeholders placeholders, JsonNode step) {
    if (step.has("base64")) {
      return Base64.getDecoder().decode(step.get("base64").stringValue());
    }
    String text =
        step.has("text")
            ? placeholders.text(step.get("text").stringValue())
            : placeholders.json(step.get("event")).toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Headers headers(Placeholders placeholders, JsonNode step) {
    Headers headers = new Headers();
    if (step.get("headers") instanceof ObjectNode named) {
      named.forEachEntry(
          (name, value) -> headers.add(name, placeholders.text(value.stringValue())));
    }
    return headers;
  }

  private static void checkPublished(
      Placeholders placeholders, JsonNode step, Map<String, Subscription> watched, String what)
      throws Exception {
    for (Map.Entry<String, Subscription> e : watched.entrySet()) {
      JsonNode pattern = step.get("published").get(e.getKey());
      if (pattern.isNull()) {
        client.flush(WAIT);
        assertThat(nextOfOthers(e.getValue(), Duration.ofMillis(20)))
            .as("%s: published on %s", what, e.getKey())
            .isEmpty();
      } else {
        JsonNode event =
            nextOfOthers(e.getValue(), WAIT)
                .orElseThrow(
                    () -> new AssertionError(what + ": nothing is published on " + e.getKey()));
        assertThat(EventPattern.differences(placeholders.json(pattern), event))
            .as("%s: published on %s: %s", what, e.getKey(), event)
            .isEmpty();
        schemas.checkSent(event);
      }
    }
  }

  /**
   * The next event; but the service reports metrics of its own meanwhile, which are collected, too.
   */
  private static Optional<JsonNode> nextOfOthers(Subscription subscription, Duration atMost)
      throws Exception {
    while (true) {
      Message message = subscription.nextMessage(atMost);
      if (message == null) {
        return Optional.empty();
      }
      JsonNode event = JSON.readTree(message.getData());
      if (!event.at("/data/service").asString("").equals(EventTypes.SERVICE_NAME)) {
        return Optional.of(event);
      }
    }
  }

  private static JsonNode next(Subscription subscription, String what) throws Exception {
    Message message = subscription.nextMessage(WAIT);
    assertThat(message).as("a reply to %s", what).isNotNull();
    return JSON.readTree(message.getData());
  }
}
