package dnd.metrics.server.exposition;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of an exposition from left to right. Names are those of Prometheus 3: any text in
 * quotes, or letters, digits, underscores and colons without. For one thread.
 */
final class SampleScanner {
  private final String text;
  private final int line;
  private final ExpositionFormat format;
  private int at;

  SampleScanner(String text, int line, ExpositionFormat format) {
    this.text = text;
    this.line = line;
    this.format = format;
  }

  ExpositionSample sample() throws ExpositionException {
    skipBlanks();
    Map<String, String> labels = new TreeMap<>();
    String name = atEnd() || peek() == '{' ? null : name("a metric's name");
    skipBlanks();
    if (!atEnd() && peek() == '{') {
      name = labels(labels, name);
    }
    if (name == null) {
      throw error("the metric has no name");
    }
    double value = value("a value");
    Long timestamp = null;
    skipBlanks();
    if (!atEnd() && peek() != '#') {
      timestamp = timestamp();
      skipBlanks();
    }
    boolean exemplar = false;
    if (!atEnd() && peek() == '#') {
      exemplar();
      exemplar = true;
    }
    if (!atEnd()) {
      throw error("unexpected " + rest() + " behind the sample");
    }
    return new ExpositionSample(name, labels, value, timestamp, exemplar, line);
  }

  /** Reads {@code {name="value", ...}}, in which a metric's quoted name may come first. */
  private @Nullable String labels(Map<String, String> labels, @Nullable String outerName)
      throws ExpositionException {
    String metricName = outerName;
    boolean first = true;
    at++; // the opening brace
    while (true) {
      skipBlanks();
      if (atEnd()) {
        throw error("the labels have no closing brace");
      }
      if (peek() == '}') {
        at++;
        return metricName;
      }
      boolean quoted = peek() == '"';
      String labelName = name("a label's name");
      skipBlanks();
      if (quoted && first && metricName == null && !atEnd() && (peek() == ',' || peek() == '}')) {
        metricName = labelName;
      } else {
        expect('=', "behind the label's name");
        skipBlanks();
        if (atEnd() || peek() != '"') {
          throw error("the value of label \"" + labelName + "\" must stand in quotes");
        }
        if (labels.put(labelName, quoted()) != null) {
          throw error("label \"" + labelName + "\" comes twice");
        }
      }
      first = false;
      skipBlanks();
      if (!atEnd() && peek() == ',') {
        at++;
      } else if (!atEnd() && peek() != '}') {
        throw error("expected ',' or '}' behind a label, found " + rest());
      }
    }
  }

  /** Reads a name, in quotes or without. */
  String name(String what) throws ExpositionException {
    skipBlanks();
    if (!atEnd() && peek() == '"') {
      String name = quoted();
      if (name.isEmpty()) {
        throw error(what + " is empty");
      }
      return name;
    }
    int start = at;
    while (!atEnd() && isNameChar(peek(), at > start)) {
      at++;
    }
    if (at == start) {
      throw error("expected " + what + ", found " + rest());
    }
    return text.substring(start, at);
  }

  private static boolean isNameChar(char c, boolean digitsToo) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == ':'
        || (digitsToo && c >= '0' && c <= '9');
  }

  private String quoted() throws ExpositionException {
    StringBuilder value = new StringBuilder();
    at++; // the opening quote
    while (!atEnd()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char escaped = atEnd() ? ' ' : text.charAt(at++);
      switch (escaped) {
        case '\\', '"' -> value.append(escaped);
        case 'n' -> value.append('\n');
        default -> throw error("invalid escape sequence \"\\" + escaped + "\"");
      }
    }
    throw error("a quote is not closed");
  }

  private double value(String what) throws ExpositionException {
    skipBlanks();
    String word = word();
    if (word.isEmpty()) {
      throw error("expected " + what + ", found the end of the line");
    }
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        char last = word.charAt(word.length() - 1);
        try {
          if ("fFdD".indexOf(last) >= 0 && !word.startsWith("0x")) {
            throw new NumberFormatException(word); // Java's suffixes are no part of the format
          }
          yield Double.parseDouble(word);
        } catch (NumberFormatException e) {
          throw error("\"" + word + "\" is not a number");
        }
      }
    };
  }

  private long timestamp() throws ExpositionException {
    String word = word();
    try {
      if (format == ExpositionFormat.PROMETHEUS) {
        return Long.parseLong(word);
      }
      double seconds = Double.parseDouble(word);
      if (Math.abs(seconds) < 1e13) {
        return Math.round(seconds * 1000);
      }
    } catch (NumberFormatException e) {
      // said below, as for numbers out of range
    }
    String unit = format == ExpositionFormat.PROMETHEUS ? "milliseconds" : "seconds";
    throw error("\"" + word + "\" is not a timestamp in Unix " + unit);
  }

  private void exemplar() throws ExpositionException {
    at++; // the hash
    skipBlanks();
    expect('{', "behind the '#' of an exemplar");
    at--;
    labels(new TreeMap<>(), null);
    value("an exemplar's value");
    skipBlanks();
    if (!atEnd()) {
      value("an exemplar's timestamp");
      skipBlanks();
    }
  }

  private void expect(char wanted, String where) throws ExpositionException {
    if (atEnd() || peek() != wanted) {
      throw error("expected '" + wanted + "' " + where + ", found " + rest());
    }
    at++;
  }

  private String word() {
    int start = at;
    while (!atEnd() && peek() != ' ' && peek() != '\t') {
      at++;
    }
    return text.substring(start, at);
  }

  /** What is left of the line, without blanks in front. */
  String remainder() {
    skipBlanks();
    return text.substring(at);
  }

  private String rest() {
    if (atEnd()) {
      return "the end of the line";
    }
    String rest = text.substring(at);
    return "\"" + (rest.length() <= 20 ? rest : rest.substring(0, 20) + "...") + "\"";
  }

  private void skipBlanks() {
    while (!atEnd() && (peek() == ' ' || peek() == '\t')) {
      at++;
    }
  }

  private char peek() {
    return text.charAt(at);
  }

  private boolean atEnd() {
    return at >= text.length();
  }

  ExpositionException error(String reason) {
    return new ExpositionException(line, reason);
  }
}
