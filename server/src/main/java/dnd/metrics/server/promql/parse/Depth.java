package dnd.metrics.server.promql.parse;

/**
 * Counts how deep a tree gets while it is read: both how many constructs are open around the reader
 * and how high the part read last is.
 */
final class Depth {
  /** How many constructs may be open at once; each costs the reader several stack frames. */
  private static final int MAX_OPEN = 200;

  private final TokenStream tokens;
  private int open;
  private int height;

  Depth(TokenStream tokens) {
    this.tokens = tokens;
  }

  void open() {
    open++;
    if (open > MAX_OPEN) {
      throw tooDeep(MAX_OPEN);
    }
  }

  void close() {
    open--;
  }

  /** The height of what was read last. */
  int height() {
    return height;
  }

  void leaf() {
    height = 1;
  }

  /** Notes a node over parts of which the highest has {@code highest}. */
  void node(int highest) {
    height = highest + 1;
    if (height > Parser.MAX_DEPTH) {
      throw tooDeep(Parser.MAX_DEPTH);
    }
  }

  /** Notes a chain of so many operators that is no expression of its own. */
  void chain(int operators) {
    if (operators > Parser.MAX_DEPTH) {
      throw tooDeep(Parser.MAX_DEPTH);
    }
  }

  private ParseException tooDeep(int limit) {
    return tokens.error(
        tokens.peek().position(),
        "expression is nested too deeply: more than " + limit + " levels");
  }
}
