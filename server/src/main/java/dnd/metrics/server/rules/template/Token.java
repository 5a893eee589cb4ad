package dnd.metrics.server.rules.template;

import dnd.metrics.server.promql.parse.GoQuoting;
import java.nio.charset.StandardCharsets;

/**
 * A piece of a template's text.
 *
 * @param text as it stands there; of an error, what is wrong
 * @param position of its first character
 * @param line where it begins, from 1
 */
record Token(TokenType type, String text, int position, int line) {
  private static final int SHOWN = 10;

  /** As errors show it. */
  @Override
  public String toString() {
    if (type == TokenType.END_OF_TEXT) {
      return "EOF";
    }
    if (type == TokenType.ERROR) {
      return text;
    }
    if (type.isKeyword()) {
      return "<" + text + ">";
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > SHOWN) {
      int end = text.offsetByCodePoints(0, Math.min(SHOWN, text.codePointCount(0, text.length())));
      return GoQuoting.quote(text.substring(0, end)) + "...";
    }
    return GoQuoting.quote(text);
  }
}
