package dnd.metrics.server.exposition;

import dnd.metrics.events.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a text line by line into families, and these into metrics. Used once. */
final class ExpositionReader {
  private final String text;
  private final ExpositionFormat format;
  private final Map<String, Family> families = new LinkedHashMap<>();
  private Family current = new Family("");
  private int exemplars;

  ExpositionReader(String text, ExpositionFormat format) {
    this.text = text;
    this.format = format;
  }

  Exposition read() throws ExpositionException {
    int number = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      int stop = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
      line(text.substring(start, stop), ++number);
      start = end + 1;
    }
    List<Metric> metrics = new ArrayList<>();
    CreationTimes created = CreationTimes.of(families.values());
    for (Family family : families.values()) {
      new FamilyMetrics(family, created, metrics).add();
    }
    return new Exposition(format, metrics, exemplars, created.unused());
  }

  private void line(String line, int number) throws ExpositionException {
    String stripped = line.strip();
    if (stripped.isEmpty()) {
      return;
    }
    if (stripped.startsWith("#")) {
      comment(stripped, number);
      return;
    }
    ExpositionSample sample = new SampleScanner(stripped, number, format).sample();
    if (sample.hasExemplar()) {
      exemplars++;
    }
    familyOf(sample.name()).samples.add(sample);
  }

  private Family familyOf(String sampleName) {
    if (current.owns(sampleName) && !current.name.isEmpty()) {
      return current;
    }
    for (String suffix : new String[] {"", "_bucket", "_sum", "_count", "_total", "_created"}) {
      if (sampleName.endsWith(suffix)) {
        String base = sampleName.substring(0, sampleName.length() - suffix.length());
        Family known = families.get(base);
        if (known != null && known.owns(sampleName)) {
          return known;
        }
      }
    }
    return families.computeIfAbsent(sampleName, Family::new);
  }

  private void comment(String line, int number) throws ExpositionException {
    SampleScanner scanner = new SampleScanner(line.substring(1), number, format);
    String body = scanner.remainder();
    boolean help = body.startsWith("HELP ") || body.startsWith("HELP\t");
    boolean type = body.startsWith("TYPE ") || body.startsWith("TYPE\t");
    boolean unit = body.startsWith("UNIT ") || body.startsWith("UNIT\t");
    if (!help && !type && !unit) {
      return; // "# EOF" and comments for people
    }
    SampleScanner rest = new SampleScanner(body.substring("HELP ".length()), number, format);
    String name = rest.name("a metric's name");
    String said = rest.remainder();
    current = families.computeIfAbsent(name, Family::new);
    if (help) {
      current.help = unescaped(said);
    } else if (unit) {
      current.unit = said;
    } else {
      if (current.hasType) {
        throw rest.error("the type of " + name + " is given twice");
      }
      if (!current.samples.isEmpty()) {
        throw rest.error("the type of " + name + " comes behind its samples");
      }
      current.hasType = true;
      current.type = typeOf(said, rest);
    }
  }

  private static Family.Type typeOf(String word, SampleScanner where) throws ExpositionException {
    try {
      return Family.Type.valueOf(word.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw where.error("unknown metric type \"" + word + "\"");
    }
  }

  /** HELP has the escapes of both formats: backslash, line feed and, in OpenMetrics, quote. */
  private static String unescaped(String help) {
    if (help.indexOf('\\') < 0) {
      return help;
    }
    StringBuilder out = new StringBuilder(help.length());
    for (int i = 0; i < help.length(); i++) {
      char c = help.charAt(i);
      char next = i + 1 < help.length() ? help.charAt(i + 1) : ' ';
      if (c == '\\' && (next == '\\' || next == 'n' || next == '"')) {
        out.append(next == 'n' ? '\n' : next);
        i++;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
