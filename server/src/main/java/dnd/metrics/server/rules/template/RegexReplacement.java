package dnd.metrics.server.rules.template;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** Replaces matches as Go's {@code regexp.ReplaceAllString} does. */
final class RegexReplacement {
  private final Pattern pattern;
  private final Matcher matcher;
  private final String replacement;

  private RegexReplacement(Pattern pattern, String replacement, String text) {
    this.pattern = pattern;
    this.matcher = pattern.matcher(text);
    this.replacement = replacement;
  }

  /**
   * @param replacement may refer to groups: {@code $1}, {@code $name}, <code>${name}</code>; a
   *     dollar is {@code $$}
   */
  static String replaceAll(Pattern pattern, String replacement, String text) {
    return new RegexReplacement(pattern, replacement, text).run(text);
  }

  private String run(String text) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int lastEnd = 0;
    while (matcher.find()) {
      // An empty match right behind another one is none.
      if (matcher.end() > lastEnd || matcher.start() == 0) {
        out.append(text, copied, matcher.start());
        expand(out);
        copied = matcher.end();
      }
      lastEnd = matcher.end();
    }
    return out.append(text, copied, text.length()).toString();
  }

  private void expand(StringBuilder out) {
    int i = 0;
    while (i < replacement.length()) {
      int dollar = replacement.indexOf('$', i);
      if (dollar < 0) {
        break;
      }
      out.append(replacement, i, dollar);
      i = reference(out, dollar);
    }
    out.append(replacement, i, replacement.length());
  }

  /** Adds what the dollar at a place stands for; the place behind it. */
  private int reference(StringBuilder out, int dollar) {
    int from = dollar + 1;
    if (replacement.startsWith("$", from)) {
      out.append('$');
      return from + 1;
    }
    boolean braces = replacement.startsWith("{", from);
    int start = braces ? from + 1 : from;
    int end = start;
    while (end < replacement.length() && isWord(replacement.codePointAt(end))) {
      end += Character.charCount(replacement.codePointAt(end));
    }
    if (end == start || (braces && !replacement.startsWith("}", end))) {
      out.append('$');
      return from;
    }
    out.append(group(replacement.substring(start, end)));
    return braces ? end + 1 : end;
  }

  private static boolean isWord(int c) {
    return TemplateLexer.isAlphanumeric(c);
  }

  private String group(String name) {
    boolean number = name.chars().allMatch(TemplateLexer::isDigit);
    String value = null;
    if (number && name.length() < 9) {
      int index = Integer.parseInt(name);
      value = index <= matcher.groupCount() ? matcher.group(index) : null;
    } else if (pattern.namedGroups().containsKey(name)) {
      value = matcher.group(name);
    }
    return value == null ? "" : value;
  }
}
