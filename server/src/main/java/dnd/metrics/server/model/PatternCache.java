package dnd.metrics.server.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The regular expressions that were compiled last, anchored as matchers want them: dashboards ask
 * the same ones over and over, and compiling one takes longer than many a query. Bounded in number
 * and in the length of what it keeps. Safe for use by several threads.
 */
final class PatternCache {
  private static final int MAX_PATTERNS = 512;
  private static final int MAX_LENGTH = 512;

  private final Map<String, CompiledPattern> byText =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompiledPattern> eldest) {
          return size() > MAX_PATTERNS;
        }
      };

  /**
   * @throws PatternSyntaxException where {@code text} is no regular expression of RE2
   */
  CompiledPattern anchored(String text) {
    if (text.length() > MAX_LENGTH) {
      return compile(text);
    }
    synchronized (byText) {
      CompiledPattern known = byText.get(text);
      if (known != null) {
        return known;
      }
    }
    CompiledPattern compiled = compile(text);
    synchronized (byText) {
      byText.put(text, compiled);
      return compiled;
    }
  }

  int size() {
    synchronized (byText) {
      return byText.size();
    }
  }

  private static CompiledPattern compile(String text) {
    return new CompiledPattern(Pattern.compile("^(?s:" + text + ")$"));
  }
}
