package dnd.metrics.server.promql.parse;

import org.jspecify.annotations.Nullable;

/**
 * Writes an expression's tree as indented lines, one for each node with all that it says but its
 * position: what tells whether two expressions are the same.
 */
public final class SyntaxTree {
  private final StringBuilder out = new StringBuilder();

  private SyntaxTree() {}

  public static String of(Expr expr) {
    SyntaxTree tree = new SyntaxTree();
    tree.append(expr, 0);
    return tree.out.toString();
  }

  private void append(Expr expr, int level) {
    out.append("  ".repeat(level)).append(line(expr)).append('\n');
    for (Expr child : expr.children()) {
      append(child, level + 1);
    }
  }

  private static String line(Expr expr) {
    return switch (expr) {
      case NumberLiteral e -> "number " + Printer.print(e);
      case StringLiteral e -> "string " + Printer.print(e);
      case ParenExpr e -> "parentheses";
      case UnaryExpr e -> "unary " + Printer.sign(e);
      case VectorSelector e -> "selector " + Printer.print(e) + (e.labelsOnly() ? " labels" : "");
      case MatrixSelector e -> "range " + Printer.print(e);
      case Subquery e -> "subquery " + Printer.suffix(e);
      case Call e -> "call " + e.function().name();
      case AggregateExpr e -> "aggregate " + Printer.operator(e).strip();
      case BinaryExpr e -> "binary " + Printer.operator(e) + matching(e.matching());
    };
  }

  private static String matching(@Nullable VectorMatching matching) {
    return matching == null ? "" : " (" + matching.cardinality().text() + ")";
  }
}
