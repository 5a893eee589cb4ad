package dnd.metrics.server.promql.parse;

/** The binary operators. */
public enum BinaryOp {
  ADD("+", 4),
  SUB("-", 4),
  MUL("*", 5),
  DIV("/", 5),
  MOD("%", 5),
  ATAN2("atan2", 5),
  /** The one operator that associates to the right. */
  POW("^", 6),
  EQUAL("==", 3),
  NOT_EQUAL("!=", 3),
  GREATER(">", 3),
  LESS("<", 3),
  GREATER_OR_EQUAL(">=", 3),
  LESS_OR_EQUAL("<=", 3),
  /** {@code </}: keeps of a native histogram what lies below the scalar. */
  TRIM_UPPER("</", 3),
  /** {@code >/}: keeps of a native histogram what lies above the scalar. */
  TRIM_LOWER(">/", 3),
  AND("and", 2),
  UNLESS("unless", 2),
  OR("or", 1);

  private final String symbol;
  private final int precedence;

  BinaryOp(String symbol, int precedence) {
    this.symbol = symbol;
    this.precedence = precedence;
  }

  public String symbol() {
    return symbol;
  }

  /** Higher binds tighter. */
  int precedence() {
    return precedence;
  }

  public boolean isComparison() {
    return switch (this) {
      case EQUAL, NOT_EQUAL, GREATER, LESS, GREATER_OR_EQUAL, LESS_OR_EQUAL -> true;
      case ADD, SUB, MUL, DIV, MOD, ATAN2, POW, TRIM_UPPER, TRIM_LOWER, AND, UNLESS, OR -> false;
    };
  }

  public boolean isSet() {
    return this == AND || this == OR || this == UNLESS;
  }
}
