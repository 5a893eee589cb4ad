package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message's headers as they are on the wire: {@code NATS/1.0}, optionally a status, then a line
 * {@code Name: value} for each value, then an empty line; lines end with CR LF.
 */
final class HeaderBlock {
  private static final String VERSION_LINE = "NATS/1.0\r\n";

  private HeaderBlock() {}

  /** The block as bytes; nothing at all where there are no headers. */
  static byte[] encode(Headers headers) {
    if (headers.isEmpty()) {
      return Publication.NOTHING;
    }
    StringBuilder text = new StringBuilder(VERSION_LINE);
    headers
        .values()
        .forEach((name, values) -> {
          requireName(name);
          for (String value : values) {
            requireOneLine(name, value);
            text.append(name).append(": ").append(value).append("\r\n");
          }
        });
    return text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a block. What a client sends is not checked on its way through the hub, so this takes
   * what it can: a line without a colon is passed over.
   */
  static Headers decode(byte[] buffer, int from, int to) {
    if (from == to) {
      return Headers.NONE;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int lineStart = endOfLine(buffer, from, to);
    while (lineStart < to) {
      int next = endOfLine(buffer, lineStart, to);
      int colon = indexOf(buffer, lineStart, next, ':');
      if (colon > lineStart) {
        String name = text(buffer, lineStart, colon).strip();
        values
            .computeIfAbsent(name, unseen -> new ArrayList<>())
            .add(text(buffer, colon + 1, next).strip());
      }
      lineStart = next;
    }
    values.replaceAll((name, list) -> List.copyOf(list));
    return values.isEmpty() ? Headers.NONE : new Headers(values);
  }

  private static int endOfLine(byte[] buffer, int from, int to) {
    int newline = indexOf(buffer, from, to, '\n');
    return newline < 0 ? to : newline + 1;
  }

  private static int indexOf(byte[] buffer, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String text(byte[] buffer, int from, int to) {
    return new String(buffer, from, to - from, StandardCharsets.UTF_8);
  }

  private static void requireName(String name) {
    boolean valid = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
    if (!valid) {
      throw new IllegalArgumentException("not a header name: \"" + name + "\"");
    }
  }

  private static void requireOneLine(String name, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("the value of header " + name + " has a line break");
    }
  }
}
