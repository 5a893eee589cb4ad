package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.TokenStream.Place;

/** Reads the labels of one series, a name with or without braces, from the start of a text. */
final class MetricParser {
  private static final Place LIST_START = new Place("label set", "identifier or \"}\"");
  private static final Place LIST_NEXT = new Place("label set", "\",\" or \"}\"");
  private static final Place EQUALS = new Place("label set", "\"=\"");
  private static final Place VALUE = new Place("label set", "string");

  private final TokenStream tokens;

  MetricParser(String text) {
    this.tokens = new TokenStream(text);
  }

  /** Where the labels end. */
  int position() {
    return tokens.position();
  }

  Labels labels() {
    Labels.Builder labels = Labels.builder();
    if (tokens.query().isEmpty()) {
      return labels.build();
    }
    String name = "";
    boolean braces;
    if (tokens.peek().type().mayNameMetric()) {
      Token token = tokens.take();
      name = token.text();
      // What stands behind a space are values already.
      braces = tokens.query().startsWith("{", token.end());
    } else {
      braces = tokens.at(TokenType.LEFT_BRACE);
      if (!braces) {
        throw tokens.unexpected();
      }
    }
    if (braces) {
      readBraces(labels);
    }
    if (!name.isEmpty()) {
      labels.set(Labels.METRIC_NAME, name);
    }
    return labels.build();
  }

  private void readBraces(Labels.Builder into) {
    tokens.take();
    tokens.enter(LIST_START);
    if (!tokens.at(TokenType.RIGHT_BRACE)) {
      readLabel(into);
      while (tokens.accept(TokenType.COMMA)) {
        if (tokens.at(TokenType.RIGHT_BRACE)) {
          break;
        }
        tokens.enter(LIST_START);
        readLabel(into);
      }
    }
    tokens.expect(TokenType.RIGHT_BRACE);
  }

  private void readLabel(Labels.Builder into) {
    Token label = tokens.peek();
    String name;
    if (tokens.accept(TokenType.STRING)) {
      name = Unquoting.unquote(label.text());
      tokens.enter(LIST_NEXT);
      if (!tokens.at(TokenType.ASSIGN)) {
        into.set(Labels.METRIC_NAME, name);
        return;
      }
    } else if (tokens.accept(TokenType.IDENTIFIER)) {
      name = label.text();
      tokens.enter(EQUALS);
    } else {
      throw tokens.unexpected();
    }
    tokens.expect(TokenType.ASSIGN);
    tokens.enter(VALUE);
    into.set(name, Unquoting.unquote(tokens.expect(TokenType.STRING).text()));
    tokens.enter(LIST_NEXT);
  }
}
