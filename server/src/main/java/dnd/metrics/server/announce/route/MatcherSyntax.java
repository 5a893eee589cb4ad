package dnd.metrics.server.announce.route;

import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.model.Matcher;
import java.util.List;

/**
 * Matchers as Alertmanager writes them: {@code alertname="Slow"}, {@code service=~"api|web"},
 * {@code {severity!=page, "näme"=x}}. As in Alertmanager there are two syntaxes, the one with any
 * UTF-8 text in names and the classic one; what the first cannot read, or reads otherwise, counts
 * as the classic one has it.
 */
public final class MatcherSyntax {
  private static final int MAX_CHARS = 1 << 16;

  private MatcherSyntax() {}

  /**
   * Reads matchers separated by commas, with or without braces around them.
   *
   * @throws MatcherSyntaxException where neither syntax has it
   */
  public static List<Matcher> parseAll(String text) {
    requireShort(text);
    try {
      return ClassicMatchers.parseAll(text);
    } catch (MatcherSyntaxException e) {
      return Utf8Matchers.parse(text); // its error says where it is
    }
  }

  /**
   * Reads one matcher.
   *
   * @throws MatcherSyntaxException where neither syntax has it, or it has braces
   */
  public static Matcher parse(String text) {
    requireShort(text);
    if (text.startsWith("{") || text.endsWith("}")) {
      throw new MatcherSyntaxException("unexpected open or close brace: " + text);
    }
    try {
      return ClassicMatchers.parse(text);
    } catch (MatcherSyntaxException e) {
      List<Matcher> matchers = Utf8Matchers.parse(text);
      if (matchers.size() != 1) {
        throw new MatcherSyntaxException(
            matchers.isEmpty() ? "no matchers" : "expected 1 matcher, found " + matchers.size());
      }
      return matchers.getFirst();
    }
  }

  private static void requireShort(String text) {
    if (text.length() > MAX_CHARS) {
      throw new MatcherSyntaxException("matchers of more than " + MAX_CHARS + " characters");
    }
  }

  static Matcher matcher(Matcher.Type type, String name, String value) {
    try {
      return new Matcher(type, name, value);
    } catch (PatternSyntaxException e) {
      throw new MatcherSyntaxException("failed to create matcher: " + e.getMessage());
    }
  }
}
