package dnd.metrics.server.promql.parse;

import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may stand between a binary operator and its right side: {@code bool}, {@code on} or {@code
 * ignoring}, {@code group_left} or {@code group_right}, {@code fill} and its sided forms.
 */
record BinaryModifiers(boolean returnBool, VectorMatching matching) {
  static BinaryModifiers parse(TokenStream tokens) {
    GroupingParser grouping = new GroupingParser(tokens);
    boolean returnBool = tokens.accept(TokenType.BOOL);
    Cardinality cardinality = Cardinality.ONE_TO_ONE;
    List<String> labels = List.of();
    List<String> include = List.of();
    boolean on = tokens.at(TokenType.ON);
    if (on || tokens.at(TokenType.IGNORING)) {
      tokens.take();
      labels = grouping.labels();
      boolean left = tokens.at(TokenType.GROUP_LEFT);
      if (left || tokens.at(TokenType.GROUP_RIGHT)) {
        tokens.take();
        cardinality = left ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        include = grouping.labelsBeforeExpression();
      }
    }
    Double fillLeft = null;
    Double fillRight = null;
    if (tokens.accept(TokenType.FILL)) {
      fillLeft = fillValue(tokens);
      fillRight = fillLeft;
    } else if (tokens.accept(TokenType.FILL_LEFT)) {
      fillLeft = fillValue(tokens);
      fillRight = fillIf(tokens, TokenType.FILL_RIGHT);
    } else if (tokens.accept(TokenType.FILL_RIGHT)) {
      fillRight = fillValue(tokens);
      fillLeft = fillIf(tokens, TokenType.FILL_LEFT);
    }
    return new BinaryModifiers(
        returnBool, new VectorMatching(cardinality, labels, on, include, fillLeft, fillRight));
  }

  private static @Nullable Double fillIf(TokenStream tokens, TokenType modifier) {
    return tokens.accept(modifier) ? fillValue(tokens) : null;
  }

  private static Double fillValue(TokenStream tokens) {
    tokens.expect(TokenType.LEFT_PAREN);
    double value = new LiteralParser(tokens).signedNumber().value();
    tokens.expect(TokenType.RIGHT_PAREN);
    return value;
  }
}
