package dnd.metrics.server.promql.parse;

import java.util.List;

/**
 * A parsed PromQL expression. Trees are immutable and safe to share; the parser only returns trees
 * that passed its type checks.
 */
public sealed interface Expr
    permits AggregateExpr,
        BinaryExpr,
        Call,
        MatrixSelector,
        NumberLiteral,
        ParenExpr,
        StringLiteral,
        Subquery,
        UnaryExpr,
        VectorSelector {
  /** What kind of value it has. */
  ValueType type();

  /** Where it stands in the query's text. */
  PositionRange position();

  /** The expressions that it is made of, in the order of Prometheus's tree walk. */
  List<Expr> children();
}
