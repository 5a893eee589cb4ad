package dnd.metrics.bench;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one case of one client costs beside its peer, in nanoseconds a call. The benches of the
 * clients in other languages print it as a line of JSON.
 */
record ClientLine(String client, String name, double nanos, String peer, double peerNanos) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException where it is none
   */
  static ClientLine parse(String json) {
    try {
      JsonNode line = MAPPER.readTree(json);
      if (line.path("ns").isNumber() && line.path("peer_ns").isNumber()) {
        return new ClientLine(
            line.path("client").asString(""),
            line.path("case").asString(""),
            line.get("ns").doubleValue(),
            line.path("peer").asString(""),
            line.get("peer_ns").doubleValue());
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no line of a client's bench: " + json, e);
    }
    throw new IllegalArgumentException("no line of a client's bench: " + json);
  }

  /** Above 1 where ours is the faster one. */
  double ratio() {
    return peerNanos / nanos;
  }

  Measured row() {
    return Measured.of(
        client + ": " + name,
        "dnd-metrics",
        "ns",
        nanos,
        "peer",
        peer,
        "peer ns",
        peerNanos,
        "times as fast",
        ratio());
  }
}
