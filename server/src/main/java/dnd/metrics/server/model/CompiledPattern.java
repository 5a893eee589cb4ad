package dnd.metrics.server.model;

import com.google.re2j.Pattern;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A regular expression with what it said of the texts it was asked about before: the values of a
 * label are asked again with every query, and the machine takes long for each. Bounded in the
 * number and length of what it remembers. Safe for use by several threads.
 */
final class CompiledPattern {
  private static final int MAX_REMEMBERED = 1024;
  private static final int MAX_LENGTH = 256;

  private final Pattern pattern;
  private final ConcurrentHashMap<String, Boolean> remembered = new ConcurrentHashMap<>();

  CompiledPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  boolean matches(String text) {
    if (text.length() > MAX_LENGTH) {
      return pattern.matcher(text).matches();
    }
    Boolean known = remembered.get(text);
    if (known != null) {
      return known;
    }
    boolean matches = pattern.matcher(text).matches();
    if (remembered.mappingCount() < MAX_REMEMBERED) {
      remembered.put(text, matches);
    }
    return matches;
  }
}
