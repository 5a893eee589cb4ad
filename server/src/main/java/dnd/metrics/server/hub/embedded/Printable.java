package dnd.metrics.server.hub.embedded;

/**
 * Shows what a client sent in logs and errors, so that it cannot pretend to be more than a text.
 */
final class Printable {
  private static final int LONGEST = 256;

  private Printable() {}

  /** Wire text or any other text: control characters are escaped, what is very long is cut. */
  static String text(String text) {
    StringBuilder shown = new StringBuilder();
    int length = Math.min(text.length(), LONGEST);
    for (int i = 0; i < length; i++) {
      append(shown, text.charAt(i));
    }
    return length < text.length() ? shown.append("...").toString() : shown.toString();
  }

  /** Wire text as nats-server quotes it in its errors: Go's {@code %q}. */
  static String quoted(String wire) {
    StringBuilder shown = new StringBuilder("\"");
    for (int i = 0; i < wire.length(); i++) {
      append(shown, wire.charAt(i));
    }
    return shown.append('"').toString();
  }

  private static void append(StringBuilder shown, char c) {
    switch (c) {
      case '"' -> shown.append("\\\"");
      case '\\' -> shown.append("\\\\");
      case '\r' -> shown.append("\\r");
      case '\n' -> shown.append("\\n");
      case '\t' -> shown.append("\\t");
      default -> {
        if (c < ' ' || c == 0x7f) {
          shown.append(String.format("\\x%02x", (int) c));
        } else {
          shown.append(c);
        }
      }
    }
  }
}
