package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Damages the events of the conformance cases, byte by byte and value by value: each gets exactly
 * one reply, which is never that the service failed.
 */
class EventFuzzTest {
  private static final Path CASES = Path.of("..", "conformance", "events");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int ROUNDS = 6000;
  private static final long SEED = 20261124;

  @TempDir Path folder;

  @Test
  void everyEventGetsOneReply() throws Exception {
    List<JsonNode> corpus = corpus();
    Random random = new Random(SEED);
    RandomEvents damage = new RandomEvents(random);
    DirectHub hub = new DirectHub();
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z"));
    int collected = 0;
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
        IngestHandler handler = new IngestHandler(hub, head, IngestLimits.DEFAULT, clock)) {
      handler.start();
      for (int i = 0; i < ROUNDS; i++) {
        JsonNode event = corpus.get(random.nextInt(corpus.size())).deepCopy();
        for (int n = random.nextInt(3); n > 0; n--) {
          mutate(event, corpus, random);
        }
        byte[] payload = event.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(3) == 0) {
          payload = damage.damaged(payload);
        }
        String type = random.nextBoolean() ? "metrics.push" : "metrics.report";
        hub.deliver("case." + type, "_INBOX.1", payload);
        DirectHub.Published reply = hub.replies.poll(1, TimeUnit.MINUTES);
        String what =
            "seed " + SEED + ", round " + i + ": " + new String(payload, StandardCharsets.UTF_8);
        assertThat(reply).as("a reply, %s", what).isNotNull();
        assertThat(hub.replies).as("second replies, %s", what).isEmpty();
        JsonNode json = JSON.readTree(reply.text());
        assertThat(json.path("error").path("code").asString(""))
            .as(what)
            .isNotEqualTo(ErrorCode.INTERNAL_ERROR.text());
        collected += json.get("type").stringValue().equals("metrics.collected") ? 1 : 0;
      }
    }
    assertThat(collected).as("collected of %d", ROUNDS).isBetween(ROUNDS / 50, ROUNDS);
  }

  private static List<JsonNode> corpus() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(CASES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        String text =
            Files.readString(file)
                .replace("${service}", "case")
                .replaceAll("\"\\$\\{unix:t[^}]*}\"", "1795514399.5")
                .replaceAll("\\$\\{t[^}]*}", "2026-11-24T09:59:00Z");
        for (JsonNode one : JSON.readTree(text).get("cases")) {
          for (JsonNode step : one.get("steps")) {
            if (step.has("event") && step.get("subject").stringValue().matches(".*(push|report)")) {
              events.add(step.get("event"));
            }
          }
        }
      }
    }
    assertThat(events).hasSizeGreaterThan(30);
    return events;
  }

  /** Replaces, removes or adds one value somewhere in {@code node}. */
  private static void mutate(JsonNode node, List<JsonNode> corpus, Random random) {
    JsonNode at = node;
    while (true) {
      List<JsonNode> inner = new ArrayList<>();
      at.forEach(child -> {
        if (child.isContainer() && !child.isEmpty()) {
          inner.add(child);
        }
      });
      if (inner.isEmpty() || random.nextInt(4) == 0) {
        break;
      }
      at = inner.get(random.nextInt(inner.size()));
    }
    JsonNode value = value(corpus, random);
    if (at instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>(object.propertyNames());
      String name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(3)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name, value);
        default -> object.set(value.asString("x"), object.get(name));
      }
    } else if (at instanceof ArrayNode array && !array.isEmpty()) {
      int index = random.nextInt(array.size());
      if (random.nextBoolean()) {
        array.set(index, value);
      } else {
        array.add(array.get(index).deepCopy());
      }
    }
  }

  private static JsonNode value(List<JsonNode> corpus, Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> JSON.getNodeFactory().nullNode();
      case 1 -> JSON.getNodeFactory().numberNode(random.nextInt(10) - 3);
      case 2 -> JSON.getNodeFactory().numberNode(random.nextGaussian() * 1e300);
      case 3 -> JSON.getNodeFactory().stringNode("value");
      case 4 -> JSON.getNodeFactory().stringNode("x".repeat(random.nextInt(6000)));
      case 5 -> JSON.getNodeFactory().stringNode("\ud800");
      case 6 -> JSON.getNodeFactory().booleanNode(true);
      case 7 -> JSON.createArrayNode().add(1).add("a");
      default -> corpus.get(random.nextInt(corpus.size())).deepCopy();
    };
  }
}
