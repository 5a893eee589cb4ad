package dnd.metrics.server.cli;

import dnd.metrics.server.announce.route.MatcherSyntax;
import dnd.metrics.server.announce.route.MatcherSyntaxException;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.List;

/**
 * Matchers as one types them, in amtool's manner: {@code alertname=Slow}, {@code service=~"a|b"}; a
 * first argument without an operator is the alert's name.
 */
final class MatcherArguments {
  private MatcherArguments() {}

  /**
   * The matchers as events carry them.
   *
   * @throws CommandFailedException where one is none
   */
  static List<String> read(List<String> arguments) throws CommandFailedException {
    List<String> matchers = new ArrayList<>();
    for (String argument : arguments) {
      try {
        matchers.add(MatcherSyntax.parse(argument).toString());
      } catch (MatcherSyntaxException e) {
        if (!matchers.isEmpty() || argument.indexOf('=') >= 0 || argument.indexOf('~') >= 0) {
          throw new CommandFailedException(
              "'" + argument + "' is no matcher: " + e.getMessage(), e);
        }
        StringBuilder name = new StringBuilder("alertname=");
        Labels.quote(name, argument);
        matchers.add(name.toString());
      }
    }
    return matchers;
  }
}
