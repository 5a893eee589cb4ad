package dnd.metrics.server.rules.template;

import dnd.metrics.server.promql.parse.GoQuoting;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Makes texts safe in HTML, JavaScript and URLs, as Go does. */
final class Escaping {
  private Escaping() {}

  static String html(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\0' -> out.append('\ufffd');
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  static String javaScript(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> javaScript(out, c));
    return out.toString();
  }

  private static void javaScript(StringBuilder out, int c) {
    switch (c) {
      case '\\' -> out.append("\\\\");
      case '\'' -> out.append("\\'");
      case '"' -> out.append("\\\"");
      case '<', '>', '&', '=' -> out.append(String.format(Locale.ROOT, "\\u%04X", c));
      default -> {
        if (c < ' ' || (c >= 0x80 && !GoQuoting.isPrintable(c))) {
          out.append(String.format(Locale.ROOT, "\\u%04X", c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  /** A value in the query part of a URL; a space becomes a plus sign. */
  static String urlQuery(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean kept =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || "-_.~".indexOf(b) >= 0;
      if (kept) {
        out.append((char) b);
      } else if (b == ' ') {
        out.append('+');
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return out.toString();
  }
}
