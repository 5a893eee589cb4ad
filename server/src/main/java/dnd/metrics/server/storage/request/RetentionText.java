package dnd.metrics.server.storage.request;

import dnd.metrics.events.Durations;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.RetentionRule;
import dnd.metrics.server.yaml.Sizes;
import dnd.metrics.server.yaml.YamlException;
import dnd.metrics.server.yaml.YamlFile;
import dnd.metrics.server.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long samples are kept, as people write it: {@code storage.retention} of the configuration,
 * and the same in an event.
 */
public final class RetentionText {
  private static final long LEAST_BYTES = 1 << 20;
  private static final String NONE = "none";

  private RetentionText() {}

  /** Reads what is in a mapping; problems are the file's. */
  public static Retention read(YamlMapping mapping) {
    Retention plain = plain(mapping);
    List<RetentionRule> rules = new ArrayList<>();
    for (YamlMapping rule : mapping.mappings("rules")) {
      Optional<List<Matcher>> matchers = rule.read("match", RetentionText::matchers);
      Optional<Long> time = rule.read("time", RetentionText::time);
      if (!rule.has("match") || !rule.has("time")) {
        rule.problem("match", "a rule of retention needs match and time");
      }
      if (matchers.isPresent() && time.isPresent()) {
        rules.add(new RetentionRule(matchers.get(), time.get()));
      }
      rule.finish();
    }
    mapping.finish();
    return new Retention(plain.keptMillis(), plain.mostBytes(), rules);
  }

  /** Reads time and size alone. */
  public static Retention readPlain(YamlMapping mapping) {
    Retention plain = plain(mapping);
    mapping.finish();
    return plain;
  }

  private static Retention plain(YamlMapping mapping) {
    long kept = mapping.read("time", RetentionText::time).orElse(Retention.FOR_EVER);
    long bytes =
        mapping.string("size").filter(NONE::equals).isPresent()
            ? Long.MAX_VALUE
            : mapping.bytes("size", LEAST_BYTES, Long.MAX_VALUE - 1).orElse(Long.MAX_VALUE);
    return new Retention(kept, bytes, List.of());
  }

  private static long time(String text) {
    if (text.equals(NONE)) {
      return Retention.FOR_EVER;
    }
    Long millis = Durations.parse(text);
    if (millis == null || millis == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither none nor a duration such as 15d");
    }
    return millis;
  }

  private static List<Matcher> matchers(String text) {
    try {
      return Parser.parseSelector(text);
    } catch (ParseException e) {
      throw new IllegalArgumentException("'" + text + "' is no selector: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the text of a mapping.
   *
   * @param file the name that problems give
   * @throws YamlException with all that is wrong
   */
  public static Retention parse(String file, String text) throws YamlException {
    YamlFile yaml = YamlFile.parse(file, text);
    Retention retention = read(yaml.root());
    yaml.problems().throwIfAny();
    return retention;
  }

  /** What {@link #read} reads. */
  public static Map<String, Object> print(Retention retention) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("time", text(retention.keptMillis()));
    map.put(
        "size",
        retention.mostBytes() == Long.MAX_VALUE ? NONE : Sizes.format(retention.mostBytes()));
    if (!retention.rules().isEmpty()) {
      List<Map<String, Object>> rules = new ArrayList<>();
      for (RetentionRule rule : retention.rules()) {
        Map<String, Object> one = new LinkedHashMap<>();
        List<String> matchers = rule.matchers().stream().map(Matcher::toString).toList();
        one.put("match", "{" + String.join(", ", matchers) + "}");
        one.put("time", text(rule.keptMillis()));
        rules.add(one);
      }
      map.put("rules", rules);
    }
    return map;
  }

  private static String text(long millis) {
    return millis == Retention.FOR_EVER ? NONE : Durations.format(millis);
  }
}
