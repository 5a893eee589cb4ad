package dnd.metrics.server.rules.template;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** Replaces matches as Go's {@code regexp.ReplaceAllString} does. */
final class RegexReplacement {
  private final Pattern pattern;
  private final Matcher matcher;
  private final String replacement;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private RegexReplacement(Pattern pattern, String replacement, String text, Budget budget) {
    this.pattern = pattern;
    this.matcher = pattern.matcher(text);
    this.replacement = replacement;
    this.budget = budget;
  }

  /**
   * @param replacement may refer to groups: {@code $1}, {@code $name}, <code>${name}</code>; a
   *     dollar is {@code $$}
   * @throws CallException where the budget does not allow what it costs, before it does
   */
  static String replaceAll(Pattern pattern, String replacement, String text, Budget budget)
      throws CallException {
    budget.take(text.length()); // which is looked through
    return new RegexReplacement(pattern, replacement, text, budget).run(text);
  }

  private String run(String text) throws CallException {
    int copied = 0;
    int lastEnd = 0;
    while (matcher.find()) {
      // An empty match right behind another one is none.
      if (matcher.end() > lastEnd || matcher.start() == 0) {
        append(text, copied, matcher.start());
        expand();
        copied = matcher.end();
      }
      lastEnd = matcher.end();
    }
    append(text, copied, text.length());
    return out.toString();
  }

  private void append(CharSequence text, int start, int end) throws CallException {
    budget.take(1 + end - start);
    out.append(text, start, end);
  }

  private void expand() throws CallException {
    int i = 0;
    while (i < replacement.length()) {
      int dollar = replacement.indexOf('$', i);
      if (dollar < 0) {
        break;
      }
      append(replacement, i, dollar);
      i = reference(dollar);
    }
    append(replacement, i, replacement.length());
  }

  /** Adds what the dollar at a place stands for; the place behind it. */
  private int reference(int dollar) throws CallException {
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
    budget.take(end - start);
    String group = group(replacement.substring(start, end));
    append(group, 0, group.length());
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
