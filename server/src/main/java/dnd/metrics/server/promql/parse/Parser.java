package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Matcher;
import java.util.List;

/**
 * Reads PromQL as Prometheus 3.14 has it (grammar: promql/parser/generated_parser.y there), and
 * checks types. Errors have Prometheus's words and places. Size and nesting of a query are limited,
 * so that no query can exhaust the stack of whoever walks its tree.
 */
public final class Parser {
  /** The longest query, in characters. */
  public static final int MAX_QUERY_LENGTH = 1 << 20;

  /** The deepest tree; a chain of {@code n} operators is {@code n} deep. */
  public static final int MAX_DEPTH = 500;

  private Parser() {}

  /**
   * Parses and type-checks a query.
   *
   * @throws ParseException where {@code query} is not PromQL
   */
  public static Expr parse(String query, ParserOptions options) {
    Expr expr = new ExpressionParser(tokens(query), options).parseWhole();
    return new TypeChecker(query).check(expr);
  }

  /**
   * Parses a selector without a range, offset or {@code @}, as the API's {@code match[]} takes it.
   *
   * @throws ParseException where {@code selector} is none
   */
  public static List<Matcher> parseSelector(String selector) {
    TokenStream tokens = tokens(selector);
    VectorSelector parsed = new SelectorParser(tokens).parseWhole();
    return parsed.matchers();
  }

  private static TokenStream tokens(String query) {
    if (query.length() > MAX_QUERY_LENGTH) {
      throw new ParseException(
          query,
          new PositionRange(MAX_QUERY_LENGTH, query.length()),
          "query is too long: " + query.length() + " characters, limit " + MAX_QUERY_LENGTH);
    }
    return new TokenStream(query);
  }
}
