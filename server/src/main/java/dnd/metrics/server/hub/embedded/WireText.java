package dnd.metrics.server.hub.embedded;

import java.nio.charset.StandardCharsets;

/**
 * Subjects inside the hub are strings with one character for each byte of the wire, so that
 * whatever bytes a client used come out as they went in. Outside the hub they are read as UTF-8.
 * For ASCII both are the same string, and nothing is converted.
 */
final class WireText {
  private WireText() {}

  static String ofBytes(byte[] buffer, int from, int to) {
    return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
  }

  static byte[] toBytes(String wire) {
    return wire.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String ofText(String text) {
    return isAscii(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  static String toText(String wire) {
    return isAscii(wire)
        ? wire
        : new String(wire.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
