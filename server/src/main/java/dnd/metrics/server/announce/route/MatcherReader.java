package dnd.metrics.server.announce.route;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads the three ways in which matchers stand in a configuration. */
final class MatcherReader {
  private static final Comparator<Matcher> ORDER =
      Comparator.comparing(Matcher::name)
          .thenComparing(Matcher::value)
          .thenComparing(Matcher::type);

  private MatcherReader() {}

  /**
   * @param equal the key of a mapping from labels to values
   * @param regex the key of a mapping from labels to regular expressions
   * @param list the key of a list of matchers
   */
  static List<Matcher> read(YamlMapping mapping, String equal, String regex, String list) {
    List<Matcher> matchers = new ArrayList<>();
    readMapping(mapping, equal, Matcher.Type.EQUAL, matchers);
    readMapping(mapping, regex, Matcher.Type.REGEX, matchers);
    for (String text : mapping.strings(list)) {
      try {
        matchers.addAll(MatcherSyntax.parseAll(text));
      } catch (MatcherSyntaxException e) {
        mapping.problem(list, "'" + text + "' is no matcher: " + e.getMessage());
      }
    }
    matchers.sort(ORDER);
    return matchers;
  }

  private static void readMapping(
      YamlMapping parent, String key, Matcher.Type type, List<Matcher> matchers) {
    Optional<YamlMapping> mapping = parent.mapping(key);
    if (mapping.isEmpty()) {
      return;
    }
    for (String name : mapping.get().keys()) {
      if (!Labels.isLegacyName(name)) {
        mapping.get().problem(name, "invalid label name '" + name + "' in " + key);
        continue;
      }
      mapping
          .get()
          .read(name, value -> MatcherSyntax.matcher(type, name, value))
          .ifPresent(matchers::add);
    }
  }
}
