package dnd.metrics.server.promql.parse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Reads the content of a string as PromQL writes it, in double, single or back quotes. */
final class Unquoting {
  private Unquoting() {}

  /** The content of {@code quoted}, which the lexer has found to be well formed. */
  static String unquote(String quoted) {
    String body = quoted.substring(1, quoted.length() - 1);
    if (quoted.charAt(0) == '`' || body.indexOf('\\') < 0) {
      return body;
    }
    // Escapes may give single bytes, which only together make a character.
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length());
    int i = 0;
    while (i < body.length()) {
      int c = body.codePointAt(i);
      i += Character.charCount(c);
      if (c != '\\') {
        write(out, c);
        continue;
      }
      char kind = body.charAt(i);
      i++;
      switch (kind) {
        case 'a' -> out.write(0x07);
        case 'b' -> out.write('\b');
        case 'f' -> out.write('\f');
        case 'n' -> out.write('\n');
        case 'r' -> out.write('\r');
        case 't' -> out.write('\t');
        case 'v' -> out.write(0x0b);
        case 'x' -> {
          out.write(Integer.parseInt(body, i, i + 2, 16));
          i += 2;
        }
        case 'u' -> {
          write(out, Integer.parseInt(body, i, i + 4, 16));
          i += 4;
        }
        case 'U' -> {
          write(out, Integer.parseInt(body, i, i + 8, 16));
          i += 8;
        }
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          out.write(Integer.parseInt(body, i - 1, i + 2, 8));
          i += 2;
        }
        default -> out.write(kind);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void write(ByteArrayOutputStream out, int codePoint) {
    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }
}
