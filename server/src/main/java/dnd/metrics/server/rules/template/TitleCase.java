package dnd.metrics.server.rules.template;

import java.util.Locale;

/** Upper, lower and title case of texts, character by character as in Go. */
final class TitleCase {
  private TitleCase() {}

  static String upper(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(Character.toUpperCase(c)));
    return out.toString();
  }

  static String lower(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(Character.toLowerCase(c)));
    return out.toString();
  }

  /** The first letter of each word in title case, the others as they are. */
  static String of(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean inWord = false;
    boolean titled = false;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean part = isWordPart(c) || (inWord && joins(c, text, i));
      titled &= inWord && part;
      if (part && !titled && hasCase(c)) {
        out.append(title(c));
        titled = true;
      } else {
        out.appendCodePoint(c);
      }
      inWord = part;
    }
    return out.toString();
  }

  /** A letter in title case, which may be several: of a ligature only the first is large. */
  private static String title(int c) {
    String upper = Character.toString(c).toUpperCase(Locale.ROOT);
    if (upper.codePointCount(0, upper.length()) == 1) {
      return Character.toString(Character.toTitleCase(c));
    }
    int behind = 0;
    int letter;
    do {
      letter = upper.codePointAt(behind);
      behind += Character.charCount(letter);
    } while (behind < upper.length() && !Character.isUpperCase(letter));
    return upper.substring(0, behind) + upper.substring(behind).toLowerCase(Locale.ROOT);
  }

  private static boolean hasCase(int c) {
    return Character.isLetter(c) || Character.toTitleCase(c) != c;
  }

  private static boolean isWordPart(int c) {
    return c == '_'
        || hasCase(c)
        || Character.isDigit(c)
        || Character.getType(c) == Character.NON_SPACING_MARK;
  }

  /** Whether a character keeps a word together when a letter follows: can't, e.g. */
  private static boolean joins(int c, String text, int behind) {
    boolean middle = c == '\'' || c == '.' || c == ':' || c == 0xb7 || c == 0x2019;
    return middle && behind < text.length() && isWordPart(text.codePointAt(behind));
  }
}
