package dnd.metrics.server.promql.parse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Files of queries among the test resources: one a line, {@code \n}, {@code \t} and {@code \\}
 * escaped.
 */
final class QueryFile {
  private QueryFile() {}

  /** The lines but for comments, still escaped. */
  static List<String> lines(String name) {
    try (InputStream in =
        Objects.requireNonNull(QueryFile.class.getResourceAsStream("/promql/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        c =
            switch (text.charAt(i)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> text.charAt(i);
            };
      }
      out.append(c);
    }
    return out.toString();
  }
}
