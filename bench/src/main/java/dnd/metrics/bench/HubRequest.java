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

/** A request to the service, on a connection of its own. */
final class HubRequest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private HubRequest() {}

  /**
   * Sends it and waits for the answer.
   *
   * @return the answer's {@code data}
   * @throws IOException where none comes, or it is an error
   */
  static JsonNode ask(URI hub, String service, String type, Map<String, Object> data)
      throws IOException, InterruptedException {
    Connection connection = Nats.connect(hub.toString());
    try {
      String event = JSON.writeValueAsString(Map.of("type", type, "data", data));
      Message reply = connection.request(service + "." + type, event.getBytes(UTF_8), PATIENCE);
      if (reply == null) {
        throw new IOException("no answer to " + type + " within " + PATIENCE);
      }
      return data(type, JSON.readTree(reply.getData()));
    } finally {
      connection.close();
    }
  }

  static JsonNode data(String type, JsonNode answer) throws IOException {
    JsonNode data = answer.path("data");
    if (!data.path("status").asString("").equals("success")) {
      throw new IOException(type + " was answered with " + answer);
    }
    return data;
  }
}
