package dnd.metrics.server.announce;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.server.announce.route.MatcherSyntax;
import dnd.metrics.server.announce.route.MatcherSyntaxException;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;

/** Reads matchers of an event: a list of texts such as {@code service=~"a|b"}. */
final class MatcherFields {
  private MatcherFields() {}

  static List<Matcher> read(Fields data, String field) throws InvalidEventException {
    List<String> texts = data.strings(field);
    List<Matcher> matchers = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        matchers.addAll(MatcherSyntax.parseAll(texts.get(i)));
      } catch (MatcherSyntaxException e) {
        throw new InvalidEventException(
            ErrorCode.INVALID_MATCHER,
            "data." + field + "[" + i + "]",
            String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }
}
