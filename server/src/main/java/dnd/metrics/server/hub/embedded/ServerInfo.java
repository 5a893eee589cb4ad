package dnd.metrics.server.hub.embedded;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the hub says of itself in INFO lines. Immutable.
 *
 * @param serverId unique to this start of the hub
 */
record ServerInfo(
    String serverId,
    String serverName,
    String host,
    int port,
    int maxPayloadBytes,
    boolean authRequired,
    boolean tlsRequired) {
  /** The NATS server version whose protocol this is; clients decide by it what they may use. */
  static final String PROTOCOL_VERSION = "2.10.29";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The line for one client. */
  byte[] line(long clientId, String clientAddress, boolean lameDuck) {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("server_id", serverId);
    info.put("server_name", serverName);
    info.put("version", PROTOCOL_VERSION);
    info.put("proto", 1);
    info.put("host", host);
    info.put("port", port);
    info.put("headers", true);
    info.put("max_payload", maxPayloadBytes);
    info.put("jetstream", false);
    info.put("client_id", clientId);
    info.put("client_ip", clientAddress);
    if (authRequired) {
      info.put("auth_required", true);
    }
    if (tlsRequired) {
      info.put("tls_required", true);
    }
    if (lameDuck) {
      info.put("ldm", true);
    }
    String line = "INFO " + MAPPER.writeValueAsString(info) + "\r\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }
}
