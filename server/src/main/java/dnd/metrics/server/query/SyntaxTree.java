package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AtModifier;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.DurationExpr;
import dnd.metrics.server.promql.parse.DurationTerm;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.FunctionSignature;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.NumberLiteral;
import dnd.metrics.server.promql.parse.ParenExpr;
import dnd.metrics.server.promql.parse.StringLiteral;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.UnaryExpr;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorMatching;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a parsed expression as the Prometheus API's {@code parse_query} does ({@code
 * web/api/v1/translate_ast.go} there).
 */
public final class SyntaxTree {
  private final JsonBuffer out;

  private SyntaxTree(JsonBuffer out) {
    this.out = out;
  }

  /** The tree of an expression as one JSON value. */
  public static String json(Expr expr) {
    JsonBuffer out = new JsonBuffer(1024);
    write(out, expr);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  static void write(JsonBuffer out, Expr expr) {
    new SyntaxTree(out).write(expr);
  }

  private void write(Expr expr) {
    switch (expr) {
      case NumberLiteral number -> {
        type("numberLiteral");
        out.raw(",\"val\":").string(plain(number.value()));
      }
      case StringLiteral string -> {
        type("stringLiteral");
        out.raw(",\"val\":").string(string.value());
      }
      case VectorSelector selector -> {
        type("vectorSelector");
        writeSelector(selector);
      }
      case MatrixSelector matrix -> {
        type("matrixSelector");
        writeSelector(matrix.selector());
        duration("range", matrix.rangeMillis(), matrix.rangeExpr());
      }
      case Subquery subquery -> {
        type("subquery");
        field("expr", subquery.expr());
        duration("range", subquery.rangeMillis(), subquery.rangeExpr());
        duration("offset", subquery.offsetMillis(), subquery.offsetExpr());
        duration("step", subquery.stepMillis(), subquery.stepExpr());
        writeAt(subquery.at());
      }
      case ParenExpr parentheses -> {
        type("parenExpr");
        field("expr", parentheses.expr());
      }
      case UnaryExpr unary -> {
        type("unaryExpr");
        out.raw(",\"op\":").string(unary.negative() ? "-" : "+");
        field("expr", unary.expr());
      }
      case BinaryExpr binary -> {
        type("binaryExpr");
        out.raw(",\"op\":").string(binary.op().symbol());
        field("lhs", binary.lhs());
        field("rhs", binary.rhs());
        writeMatching(binary.matching());
        out.raw(",\"bool\":").raw(binary.returnBool() ? "true" : "false");
      }
      case AggregateExpr aggregate -> {
        type("aggregation");
        out.raw(",\"op\":").string(aggregate.op().symbol());
        field("expr", aggregate.expr());
        field("param", aggregate.param());
        strings("grouping", aggregate.grouping());
        out.raw(",\"without\":").raw(aggregate.without() ? "true" : "false");
      }
      case Call call -> {
        type("call");
        writeSignature(call.function());
        out.raw(",\"args\":[");
        for (int i = 0; i < call.args().size(); i++) {
          if (i > 0) {
            out.raw(',');
          }
          write(call.args().get(i));
        }
        out.raw(']');
      }
    }
    out.raw('}');
  }

  private void type(String name) {
    out.raw("{\"type\":").string(name);
  }

  private void field(String name, @Nullable Expr expr) {
    out.raw(',').name(name);
    if (expr == null) {
      out.raw("null");
    } else {
      write(expr);
    }
  }

  private void writeSelector(VectorSelector selector) {
    out.raw(",\"name\":").string(selector.name());
    duration("offset", selector.offsetMillis(), selector.offsetExpr());
    out.raw(",\"matchers\":[");
    boolean first = true;
    for (Matcher matcher : selector.matchers()) {
      out.raw(first ? "{\"name\":" : ",{\"name\":").string(matcher.name());
      out.raw(",\"value\":").string(matcher.value());
      out.raw(",\"type\":").string(matcher.type().symbol()).raw('}');
      first = false;
    }
    out.raw(']');
    writeAt(selector.at());
    boolean anchored = selector.mode() == VectorSelector.RangeMode.ANCHORED;
    boolean smoothed = selector.mode() == VectorSelector.RangeMode.SMOOTHED;
    out.raw(",\"anchored\":").raw(anchored ? "true" : "false");
    out.raw(",\"smoothed\":").raw(smoothed ? "true" : "false");
  }

  private void writeAt(@Nullable AtModifier at) {
    switch (at) {
      case null -> out.raw(",\"timestamp\":null,\"startOrEnd\":null");
      case AtModifier.Time time ->
          out.raw(",\"timestamp\":").number(time.millis()).raw(",\"startOrEnd\":null");
      case AtModifier.Edge edge ->
          out.raw(",\"timestamp\":null,\"startOrEnd\":")
              .string(edge == AtModifier.Edge.START ? "start" : "end");
    }
  }

  private void duration(String name, long millis, @Nullable DurationExpr expr) {
    out.raw(',').name(name).number(millis);
    out.raw(',').name(name + "Expr");
    writeTerm(expr);
  }

  private void writeTerm(@Nullable DurationTerm term) {
    switch (term) {
      case null -> out.raw("null");
      case NumberLiteral number -> {
        type("numberLiteral");
        out.raw(",\"val\":").string(plain(number.value()));
        out.raw(",\"duration\":").raw(number.duration() ? "true" : "false").raw('}');
      }
      case DurationExpr expr -> {
        type("durationExpr");
        out.raw(",\"op\":").string(expr.op().symbol());
        out.raw(",\"lhs\":");
        writeTerm(expr.lhs());
        out.raw(",\"rhs\":");
        writeTerm(expr.rhs());
        out.raw(",\"wrapped\":").raw(expr.wrapped() ? "true" : "false").raw('}');
      }
    }
  }

  private void writeMatching(@Nullable VectorMatching matching) {
    out.raw(",\"matching\":");
    if (matching == null) {
      out.raw("null");
      return;
    }
    out.raw("{\"card\":").string(matching.cardinality().text());
    strings("labels", matching.labels());
    out.raw(",\"on\":").raw(matching.on() ? "true" : "false");
    strings("include", matching.include());
    out.raw(",\"fillValues\":{\"lhs\":");
    fill(matching.fillLeft());
    out.raw(",\"rhs\":");
    fill(matching.fillRight());
    out.raw("}}");
  }

  private void fill(@Nullable Double value) {
    if (value == null) {
      out.raw("null");
    } else {
      out.number(value.doubleValue());
    }
  }

  private void writeSignature(FunctionSignature function) {
    out.raw(",\"func\":{\"name\":").string(function.name());
    strings("argTypes", function.argumentTypes().stream().map(ValueType::apiName).toList());
    out.raw(",\"variadic\":").number((long) function.variadic());
    out.raw(",\"returnType\":").string(function.returnType().apiName()).raw('}');
  }

  private void strings(String name, List<String> texts) {
    out.raw(',').name(name).raw('[');
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(texts.get(i));
    }
    out.raw(']');
  }

  /** All digits, never an exponent. */
  private static String plain(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return Double.doubleToRawLongBits(value) == 0 ? "0" : "-0";
    }
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
