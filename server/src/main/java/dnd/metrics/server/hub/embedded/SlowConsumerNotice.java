package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The event that tells everybody who wants to know that a client was cut off. */
final class SlowConsumerNotice {
  static final String SUBJECT = "hub.slow_consumer";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SlowConsumerNotice() {}

  static void publish(
      HubContext hub, long clientId, String address, String client, String reason, long pending) {
    if (!hub.publisher().hasInterest(SUBJECT)) {
      return;
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("client_id", clientId);
    data.put("address", address);
    data.put("client", client);
    data.put("reason", reason);
    data.put("pending_bytes", pending);
    byte[] event = MAPPER.writeValueAsBytes(Map.of("type", SUBJECT, "data", data));
    hub.publisher().publish(SUBJECT, null, Headers.NONE, event);
  }
}
