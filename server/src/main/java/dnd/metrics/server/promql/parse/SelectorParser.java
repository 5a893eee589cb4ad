package dnd.metrics.server.promql.parse;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.TokenStream.Place;
import java.util.ArrayList;
import java.util.List;

/** Reads vector selectors: a metric's name, matchers in braces, or both. */
final class SelectorParser {
  private static final Place LIST_START = new Place("label matching", "identifier or \"}\"");
  private static final Place LIST_NEXT = new Place("label matching", "\",\" or \"}\"");
  private static final Place OPERATOR = new Place("label matching", "label matching operator");
  private static final Place VALUE = new Place("label matching", "string");

  private final TokenStream tokens;

  SelectorParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** A selector that is the whole input. */
  VectorSelector parseWhole() {
    VectorSelector selector;
    if (tokens.peek().type().mayNameMetric()) {
      selector = afterName(tokens.take());
    } else if (tokens.at(TokenType.LEFT_BRACE)) {
      selector = braces();
    } else {
      throw tokens.unexpected();
    }
    if (!tokens.at(TokenType.EOF)) {
      throw tokens.unexpected();
    }
    return selector;
  }

  /** A selector whose metric name was taken. */
  VectorSelector afterName(Token name) {
    List<Matcher> matchers = new ArrayList<>();
    int end = name.end();
    if (tokens.at(TokenType.LEFT_BRACE)) {
      end = matchers(matchers);
    }
    matchers.add(Matcher.equal(Labels.METRIC_NAME, name.text()));
    return selector(name.text(), matchers, new PositionRange(name.start(), end));
  }

  /** A selector that begins with its braces. */
  VectorSelector braces() {
    int start = tokens.peek().start();
    List<Matcher> matchers = new ArrayList<>();
    int end = matchers(matchers);
    return selector("", matchers, new PositionRange(start, end));
  }

  private static VectorSelector selector(
      String name, List<Matcher> matchers, PositionRange position) {
    return new VectorSelector(
        name, matchers, 0, null, null, VectorSelector.RangeMode.PLAIN, false, position);
  }

  /** Reads braces with what is in them; returns where they end. */
  private int matchers(List<Matcher> into) {
    Place outer = tokens.enter(LIST_START);
    tokens.expect(TokenType.LEFT_BRACE);
    if (!tokens.at(TokenType.RIGHT_BRACE)) {
      into.add(matcher());
      tokens.enter(LIST_NEXT);
      while (tokens.accept(TokenType.COMMA)) {
        if (tokens.at(TokenType.RIGHT_BRACE)) {
          break;
        }
        tokens.enter(LIST_START);
        into.add(matcher());
        tokens.enter(LIST_NEXT);
      }
    }
    int end = tokens.expect(TokenType.RIGHT_BRACE).end();
    tokens.leave(outer);
    return end;
  }

  private Matcher matcher() {
    Token label = tokens.peek();
    String name;
    Matcher.Type type;
    if (tokens.accept(TokenType.STRING)) {
      name = Unquoting.unquote(label.text());
      if (!isOperator(tokens.peek())) {
        return Matcher.equal(Labels.METRIC_NAME, name);
      }
    } else if (tokens.accept(TokenType.IDENTIFIER)) {
      name = label.text();
      tokens.enter(OPERATOR);
    } else {
      throw tokens.unexpected();
    }
    type = operator();
    tokens.enter(VALUE);
    Token value = tokens.expect(TokenType.STRING);
    String text = Unquoting.unquote(value.text());
    try {
      return new Matcher(type, name, text);
    } catch (PatternSyntaxException e) {
      throw tokens.error(
          PositionRange.between(label.position(), value.position()), regexProblem(text, e));
    }
  }

  /** What is wrong with {@code regex} as it was written; a matcher compiles it with an anchor. */
  private static String regexProblem(String regex, PatternSyntaxException anchored) {
    try {
      Pattern.compile(regex);
      return String.valueOf(anchored.getMessage());
    } catch (PatternSyntaxException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static boolean isOperator(Token token) {
    return switch (token.type()) {
      case ASSIGN, NOT_EQUAL, REGEX, NOT_REGEX -> true;
      default -> false;
    };
  }

  private Matcher.Type operator() {
    if (!isOperator(tokens.peek())) {
      throw tokens.unexpected();
    }
    return switch (tokens.take().type()) {
      case ASSIGN -> Matcher.Type.EQUAL;
      case NOT_EQUAL -> Matcher.Type.NOT_EQUAL;
      case REGEX -> Matcher.Type.REGEX;
      default -> Matcher.Type.NOT_REGEX;
    };
  }
}
