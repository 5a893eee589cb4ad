package dnd.metrics.server.hub.embedded;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client says of itself in CONNECT. Texts that it leaves out are empty.
 *
 * @param protocol 1 where the client can take an INFO line at any time
 * @param echo whether it gets its own messages
 * @param noResponders whether it wants to be told that nobody took its request
 */
record ConnectOptions(
    boolean verbose,
    boolean pedantic,
    boolean echo,
    boolean headers,
    boolean noResponders,
    int protocol,
    String user,
    String password,
    String token,
    String name,
    String language,
    String version) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** What holds before CONNECT. */
  static final ConnectOptions UNKNOWN =
      new ConnectOptions(false, false, true, false, false, 0, "", "", "", "", "", "");

  /**
   * Reads CONNECT's argument.
   *
   * @throws IllegalArgumentException where it is not a JSON object or a member has the wrong type
   */
  static ConnectOptions parse(byte[] buffer, int from, int to) {
    JsonNode json;
    try {
      json = MAPPER.readTree(buffer, from, to - from);
    } catch (JacksonException malformed) {
      throw new IllegalArgumentException("CONNECT is not JSON", malformed);
    }
    if (!json.isObject()) {
      throw new IllegalArgumentException("CONNECT is not a JSON object");
    }
    return new ConnectOptions(
        flag(json, "verbose", false),
        flag(json, "pedantic", false),
        flag(json, "echo", true),
        flag(json, "headers", false),
        flag(json, "no_responders", false),
        number(json, "protocol"),
        text(json, "user"),
        text(json, "pass"),
        text(json, "auth_token"),
        text(json, "name"),
        text(json, "lang"),
        text(json, "version"));
  }

  /** Who this is, for the log: name, language and version, never a secret. */
  String described() {
    String client = language.isEmpty() ? "" : language + " " + version;
    return name.isEmpty() ? client : "\"" + name + "\" " + client;
  }

  @Override
  public String toString() {
    return "ConnectOptions[user=" + user + ", " + described() + "]";
  }

  private static boolean flag(JsonNode json, String member, boolean otherwise) {
    JsonNode value = json.get(member);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("CONNECT's " + member + " is not true or false");
    }
    return value.booleanValue();
  }

  private static int number(JsonNode json, String member) {
    JsonNode value = json.get(member);
    if (value == null || value.isNull()) {
      return 0;
    }
    if (!value.isInt()) {
      throw new IllegalArgumentException("CONNECT's " + member + " is not a number");
    }
    return value.intValue();
  }

  private static String text(JsonNode json, String member) {
    JsonNode value = json.get(member);
    if (value == null || value.isNull()) {
      return "";
    }
    if (!value.isString()) {
      throw new IllegalArgumentException("CONNECT's " + member + " is not a text");
    }
    return value.stringValue();
  }
}
