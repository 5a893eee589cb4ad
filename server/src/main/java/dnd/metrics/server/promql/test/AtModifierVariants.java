package dnd.metrics.server.promql.test;

import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AtModifier;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.NumberLiteral;
import dnd.metrics.server.promql.parse.ParenExpr;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.parse.Printer;
import dnd.metrics.server.promql.parse.StringLiteral;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.UnaryExpr;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes further tests of an instant query: pinned by {@code @} to its time it must have the same
 * value at every other time.
 */
final class AtModifierVariants {
  /** Functions whose value depends on the evaluation time even where their arguments do not. */
  private static final Set<String> TIME_DEPENDENT =
      Set.of(
          "days_in_month",
          "day_of_month",
          "day_of_week",
          "day_of_year",
          "end",
          "hour",
          "minute",
          "month",
          "year",
          "predict_linear",
          "range",
          "start",
          "step",
          "time",
          "timestamp");

  /** A query to be asked at a time. */
  record Variant(String query, long atMillis) {}

  private AtModifierVariants() {}

  /** The variants; none where a function makes the value depend on the evaluation time. */
  static List<Variant> of(String query, long atMillis) {
    Expr expr = Parser.parse(query, ParserOptions.ALL);
    if (dependsOnTime(expr)) {
      return List.of();
    }
    String pinned = Printer.print(pin(expr, new AtModifier.Time(atMillis)));
    LongStream times =
        atMillis == 0
            ? LongStream.of(-1000, 0, 1000)
            : LongStream.of(-10 * atMillis, 0, atMillis / 5, atMillis, 10 * atMillis);
    return times.mapToObj(time -> new Variant(pinned, time)).toList();
  }

  private static boolean dependsOnTime(Expr expr) {
    if (expr instanceof Call call && TIME_DEPENDENT.contains(call.function().name())) {
      return true;
    }
    // A pinned subquery does the same at every time, and pinned they will all be.
    return !(expr instanceof Subquery)
        && expr.children().stream().anyMatch(AtModifierVariants::dependsOnTime);
  }

  private static boolean isTime(@Nullable AtModifier at) {
    return at instanceof AtModifier.Time;
  }

  private static Expr pin(Expr expr, AtModifier.Time at) {
    return switch (expr) {
      case NumberLiteral e -> e;
      case StringLiteral e -> e;
      case VectorSelector e -> pin(e, at);
      case MatrixSelector e ->
          new MatrixSelector(pin(e.selector(), at), e.rangeMillis(), e.rangeExpr(), e.position());
      // Inside a subquery, which is pinned itself, times stay relative.
      case Subquery e ->
          new Subquery(
              e.expr(),
              e.rangeMillis(),
              e.rangeExpr(),
              e.stepMillis(),
              e.stepExpr(),
              e.offsetMillis(),
              e.offsetExpr(),
              isTime(e.at()) ? e.at() : at,
              e.position());
      case ParenExpr e -> new ParenExpr(pin(e.expr(), at), e.position());
      case UnaryExpr e -> new UnaryExpr(e.negative(), pin(e.expr(), at), e.position());
      case BinaryExpr e ->
          new BinaryExpr(e.op(), pin(e.lhs(), at), pin(e.rhs(), at), e.returnBool(), e.matching());
      case AggregateExpr e -> {
        Expr param = e.param();
        yield new AggregateExpr(
            e.op(),
            pin(e.expr(), at),
            param == null ? null : pin(param, at),
            e.grouping(),
            e.without(),
            e.position());
      }
      case Call e ->
          new Call(e.function(), e.args().stream().map(arg -> pin(arg, at)).toList(), e.position());
    };
  }

  private static VectorSelector pin(VectorSelector e, AtModifier.Time at) {
    return new VectorSelector(
        e.name(),
        e.matchers(),
        e.offsetMillis(),
        e.offsetExpr(),
        isTime(e.at()) ? e.at() : at,
        e.mode(),
        e.labelsOnly(),
        e.position());
  }
}
