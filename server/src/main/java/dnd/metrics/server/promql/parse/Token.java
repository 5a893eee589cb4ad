package dnd.metrics.server.promql.parse;

import java.nio.charset.StandardCharsets;

/** One token: its kind, where it stands, and its text (of an error, the message). */
record Token(TokenType type, int start, int end, String text) {
  PositionRange position() {
    return new PositionRange(start, end);
  }

  /** As error texts describe it, in Prometheus's words. */
  String description() {
    return switch (type) {
      case EOF -> "end of input";
      case ERROR -> "error " + text;
      case IDENTIFIER -> "identifier " + GoQuoting.quote(text);
      case METRIC_IDENTIFIER -> "metric identifier " + GoQuoting.quote(text);
      case STRING -> "string " + shortened();
      case NUMBER -> "number " + shortened();
      case DURATION -> "duration " + shortened();
      default -> {
        if (type.isKeyword()) {
          yield "<" + text + ">";
        }
        if (type.isOperator()) {
          yield "<op:" + text + ">";
        }
        yield type.isAggregator() ? "<aggr:" + text + ">" : shortened();
      }
    };
  }

  private String shortened() {
    if (text.getBytes(StandardCharsets.UTF_8).length <= 10) {
      return GoQuoting.quote(text);
    }
    int end = text.offsetByCodePoints(0, Math.min(10, text.codePointCount(0, text.length())));
    return GoQuoting.quote(text.substring(0, end)) + "...";
  }
}
