package dnd.metrics.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.ErrorCode;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the examples of docs/icd.md in order: a block {@code json send SUBJECT} is sent, and a block
 * {@code json reply} behind it must be the reply, but for ids, times and sequence numbers.
 */
class IcdExamplesTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "icd.md");
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```json (send (\\S+)|reply|shape)\\R(.*?)^```$");
  private static final Set<String> DIFFERS_EACH_TIME = Set.of("id", "time", "seq");
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  @Test
  @SuppressWarnings("try") // the client's close() may be interrupted; then the test is
  void examplesDoWhatTheDocumentSays() throws Exception {
    String document = Files.readString(DOCUMENT);
    Placeholders placeholders =
        new Placeholders("", Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60));
    EventSchemas schemas = EventSchemas.load();
    int sent = 0;
    int compared = 0;
    try (RunningService service = new RunningService(folder);
        Connection client = Nats.connect(service.url())) {
      JsonNode reply = null;
      Matcher block = BLOCK.matcher(document);
      while (block.find()) {
        JsonNode example = placeholders.json(JSON.readTree(block.group(3)));
        if (block.group(2) != null) {
          reply = ask(client, block.group(2), example);
          schemas.checkSent(reply);
          sent++;
        } else if (block.group(1).equals("reply")) {
          assertThat(withoutChanging(reply)).isEqualTo(withoutChanging(example));
          compared++;
        }
      }
    }
    assertThat(sent).isGreaterThan(8);
    assertThat(compared).isGreaterThan(4);
  }

  private static JsonNode ask(Connection client, String subject, JsonNode event) throws Exception {
    byte[] payload = event.toString().getBytes(StandardCharsets.UTF_8);
    Message reply = client.request(subject, payload, Duration.ofMinutes(1));
    assertThat(reply).as("a reply to %s", event).isNotNull();
    return JSON.readTree(reply.getData());
  }

  private static JsonNode withoutChanging(JsonNode event) {
    ObjectNode copy = (ObjectNode) event.deepCopy();
    assertThat(copy.has("id") && copy.has("time")).as("attributes of %s", event).isTrue();
    copy.remove(DIFFERS_EACH_TIME);
    if (copy.get("data") instanceof ObjectNode data) {
      data.remove("updated_at");
    }
    return JSON.readTree(copy.toString()); // so that equal numbers are of one type
  }

  @Test
  void theTableOfErrorCodesIsComplete() throws Exception {
    String document = Files.readString(DOCUMENT);
    List<String> rows = new ArrayList<>();
    List<String> codes = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      rows.add(
          "| `%s` | %s | %s |".formatted(code.text(), code.errorClass().text(), code.meaning()));
      codes.add(code.text());
    }
    assertThat(document).contains(String.join("\n", rows));
    List<String> inSchema = new ArrayList<>();
    EventSchemas.load()
        .contract()
        .at("/components/schemas/ErrorCode/enum")
        .forEach(code -> inSchema.add(code.stringValue()));
    assertThat(inSchema).isEqualTo(codes);
  }
}
