package dnd.metrics.server;

import dnd.metrics.events.Durations;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.storage.RetentionRule;
import dnd.metrics.server.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and prints {@code storage.retention}: how long samples are kept. */
final class RetentionReader {
  private static final long LEAST_BYTES = 1 << 20;
  private static final String NONE = "none";

  private RetentionReader() {}

  static Retention read(YamlMapping mapping) {
    long kept = mapping.read("time", RetentionReader::time).orElse(Retention.FOR_EVER);
    long bytes =
        mapping.string("size").filter(NONE::equals).isPresent()
            ? Long.MAX_VALUE
            : mapping.bytes("size", LEAST_BYTES, Long.MAX_VALUE - 1).orElse(Long.MAX_VALUE);
    List<RetentionRule> rules = new ArrayList<>();
    for (YamlMapping rule : mapping.mappings("rules")) {
      Optional<List<Matcher>> matchers = rule.read("match", RetentionReader::matchers);
      Optional<Long> time = rule.read("time", RetentionReader::time);
      if (!rule.has("match") || !rule.has("time")) {
        rule.problem("match", "a rule of retention needs match and time");
      }
      if (matchers.isPresent() && time.isPresent()) {
        rules.add(new RetentionRule(matchers.get(), time.get()));
      }
      rule.finish();
    }
    mapping.finish();
    return new Retention(kept, bytes, rules);
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

  static Map<String, Object> print(Retention retention) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("time", text(retention.keptMillis()));
    map.put(
        "size",
        retention.mostBytes() == Long.MAX_VALUE ? NONE : Long.toString(retention.mostBytes()));
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
