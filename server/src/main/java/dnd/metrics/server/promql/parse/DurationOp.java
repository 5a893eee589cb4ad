package dnd.metrics.server.promql.parse;

/** The operators and functions of {@linkplain DurationExpr duration expressions}. */
public enum DurationOp {
  ADD("+"),
  SUB("-"),
  MUL("*"),
  DIV("/"),
  MOD("%"),
  POW("^"),
  /** {@code step()}: the query's step. */
  STEP("step"),
  /** {@code range()}: the time between the query's start and end. */
  RANGE("range"),
  /** {@code min_of(a, b)}. */
  MIN_OF("min_of"),
  /** {@code max_of(a, b)}. */
  MAX_OF("max_of");

  private final String symbol;

  DurationOp(String symbol) {
    this.symbol = symbol;
  }

  public String symbol() {
    return symbol;
  }
}
