package dnd.metrics.server.promql.parse;

import java.util.StringJoiner;

/**
 * Lays an expression out over several lines, as Prometheus's formatter does: what is longer than
 * 100 characters is split, its parts indented by two spaces a level. What it writes parses to the
 * same expression again.
 */
public final class PrettyPrinter {
  private static final int LINE_LENGTH = 100;

  private final int lineLength;

  private PrettyPrinter(int lineLength) {
    this.lineLength = lineLength;
  }

  public static String print(Expr expr) {
    return printWithin(expr, LINE_LENGTH);
  }

  static String printWithin(Expr expr, int lineLength) {
    return new PrettyPrinter(lineLength).print(expr, 0);
  }

  private String print(Expr expr, int level) {
    String line = Printer.print(expr);
    String indent = "  ".repeat(level);
    return switch (expr) {
      case NumberLiteral e -> indent + line;
      case StringLiteral e -> indent + line;
      case VectorSelector e -> indent + line;
      case MatrixSelector e -> indent + line;
      case UnaryExpr e -> indent + Printer.sign(e) + print(e.expr(), level).strip();
      case Subquery e -> fits(line) ? line : print(e.expr(), level) + Printer.suffix(e);
      case ParenExpr e ->
          fits(line)
              ? indent + line
              : indent + "(\n" + print(e.expr(), level + 1) + "\n" + indent + ")";
      case Call e -> fits(line) ? indent + line : indent + call(e, level);
      case AggregateExpr e -> fits(line) ? indent + line : indent + aggregation(e, level);
      case BinaryExpr e ->
          fits(line)
              ? indent + line
              : left(e, level + 1)
                  + "\n"
                  + indent
                  + Printer.operator(e)
                  + "\n"
                  + print(e.rhs(), level + 1);
    };
  }

  private String left(BinaryExpr e, int level) {
    return e.lhs() instanceof NumberLiteral
        ? "  ".repeat(level) + Printer.left(e)
        : print(e.lhs(), level);
  }

  private String call(Call e, int level) {
    StringJoiner args = new StringJoiner(",\n");
    for (Expr arg : e.args()) {
      args.add(print(arg, level + 1));
    }
    return e.function().name() + "(\n" + args + "\n" + "  ".repeat(level) + ")";
  }

  private String aggregation(AggregateExpr e, int level) {
    Expr param = e.param();
    String first = param == null ? "" : print(param, level + 1) + ",\n";
    return Printer.operator(e)
        + "(\n"
        + first
        + print(e.expr(), level + 1)
        + "\n"
        + "  ".repeat(level)
        + ")";
  }

  private boolean fits(String line) {
    return line.length() <= lineLength;
  }
}
