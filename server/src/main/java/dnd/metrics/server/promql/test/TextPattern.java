package dnd.metrics.server.promql.test;

import com.google.re2j.Pattern;

/** What an expected text looks like: itself, or a regular expression found anywhere in it. */
sealed interface TextPattern {
  boolean matches(String text);

  /** Any text. */
  record Any() implements TextPattern {
    @Override
    public boolean matches(String text) {
      return true;
    }

    @Override
    public String toString() {
      return "of any text";
    }
  }

  /** {@code msg:} */
  record Message(String message) implements TextPattern {
    @Override
    public boolean matches(String text) {
      return text.equals(message);
    }

    @Override
    public String toString() {
      return "\"" + message + "\"";
    }
  }

  /** {@code regex:} */
  record Regex(Pattern pattern) implements TextPattern {
    @Override
    public boolean matches(String text) {
      return pattern.matcher(text).find();
    }

    @Override
    public String toString() {
      return "matching /" + pattern + "/";
    }
  }
}
