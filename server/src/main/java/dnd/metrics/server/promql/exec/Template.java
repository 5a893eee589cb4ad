package dnd.metrics.server.promql.exec;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A replacement text with references to a regular expression's groups, as Go's {@code
 * regexp.Expand} reads them: <code>$1</code>, <code>${1}</code>, <code>$name</code>, <code>${name}
 * </code>, <code>$$</code> for a dollar; a name is as long as it can be, a reference to a group
 * that is not there is empty.
 */
final class Template {
  private final Pattern pattern;
  private final String text;

  Template(Pattern pattern, String text) {
    this.pattern = pattern;
    this.text = text;
  }

  /** The text with the groups of {@code input} put in, or null where the pattern does not match. */
  @Nullable String expand(String input) {
    Matcher matcher = pattern.matcher(input);
    if (!matcher.matches()) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        out.append(c);
        i++;
        continue;
      }
      if (text.charAt(i + 1) == '$') {
        out.append('$');
        i += 2;
        continue;
      }
      boolean braces = text.charAt(i + 1) == '{';
      int from = i + (braces ? 2 : 1);
      int to = from;
      while (to < text.length() && isWord(text.charAt(to))) {
        to++;
      }
      boolean closed = !braces || (to < text.length() && text.charAt(to) == '}');
      if (to == from || !closed) {
        out.append('$');
        i++;
        continue;
      }
      out.append(group(matcher, text.substring(from, to)));
      i = to + (braces ? 1 : 0);
    }
    return out.toString();
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private String group(Matcher matcher, String name) {
    String value;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = name.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(name);
      value = number <= matcher.groupCount() ? matcher.group(number) : null;
    } else {
      value = pattern.namedGroups().containsKey(name) ? matcher.group(name) : null;
    }
    return value == null ? "" : value;
  }
}
