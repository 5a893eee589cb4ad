package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes an expression's tree as JSON, in the shape of Prometheus's {@code /api/v1/parse_query}
 * (numbers and durations in its notation; durations in milliseconds).
 */
public final class SyntaxJson {
  private final StringBuilder out = new StringBuilder();

  private SyntaxJson() {}

  /** The tree on several lines. */
  public static String of(Expr expr) {
    SyntaxJson json = new SyntaxJson();
    json.append(node(expr), 0);
    return json.out.toString();
  }

  private static Map<String, @Nullable Object> node(Expr expr) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    switch (expr) {
      case NumberLiteral e -> {
        node.put("type", "numberLiteral");
        node.put("val", GoFloats.formatPlain(e.value()));
      }
      case StringLiteral e -> {
        node.put("type", "stringLiteral");
        node.put("val", e.value());
      }
      case ParenExpr e -> {
        node.put("type", "parenExpr");
        node.put("expr", node(e.expr()));
      }
      case UnaryExpr e -> {
        node.put("type", "unaryExpr");
        node.put("op", Printer.sign(e));
        node.put("expr", node(e.expr()));
      }
      case VectorSelector e -> {
        node.put("type", "vectorSelector");
        putSelector(node, e);
      }
      case MatrixSelector e -> {
        node.put("type", "matrixSelector");
        putSelector(node, e.selector());
        node.put("range", e.rangeMillis());
        node.put("rangeExpr", duration(e.rangeExpr()));
      }
      case Subquery e -> {
        node.put("type", "subquery");
        node.put("expr", node(e.expr()));
        node.put("range", e.rangeMillis());
        node.put("rangeExpr", duration(e.rangeExpr()));
        node.put("step", e.stepMillis());
        node.put("stepExpr", duration(e.stepExpr()));
        putTimes(node, e.offsetMillis(), e.offsetExpr(), e.at());
      }
      case Call e -> {
        node.put("type", "call");
        node.put("func", function(e.function()));
        node.put("args", e.args().stream().map(SyntaxJson::node).toList());
      }
      case AggregateExpr e -> {
        Expr param = e.param();
        node.put("type", "aggregation");
        node.put("op", e.op().symbol());
        node.put("expr", node(e.expr()));
        node.put("param", param == null ? null : node(param));
        node.put("grouping", e.grouping());
        node.put("without", e.without());
      }
      case BinaryExpr e -> {
        node.put("type", "binaryExpr");
        node.put("op", e.op().symbol());
        node.put("lhs", node(e.lhs()));
        node.put("rhs", node(e.rhs()));
        node.put("matching", matching(e.matching()));
        node.put("bool", e.returnBool());
      }
    }
    return node;
  }

  private static void putSelector(Map<String, @Nullable Object> node, VectorSelector e) {
    node.put("name", e.name());
    List<Map<String, String>> matchers = new ArrayList<>();
    for (Matcher matcher : e.matchers()) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("name", matcher.name());
      fields.put("value", matcher.value());
      fields.put("type", matcher.type().symbol());
      matchers.add(fields);
    }
    node.put("matchers", matchers);
    putTimes(node, e.offsetMillis(), e.offsetExpr(), e.at());
    node.put("anchored", e.mode() == VectorSelector.RangeMode.ANCHORED);
    node.put("smoothed", e.mode() == VectorSelector.RangeMode.SMOOTHED);
  }

  private static void putTimes(
      Map<String, @Nullable Object> node,
      long offsetMillis,
      @Nullable DurationExpr offsetExpr,
      @Nullable AtModifier at) {
    node.put("offset", offsetMillis);
    node.put("offsetExpr", duration(offsetExpr));
    node.put("timestamp", at instanceof AtModifier.Time time ? time.millis() : null);
    node.put(
        "startOrEnd",
        switch (at) {
          case AtModifier.Edge.START -> "start";
          case AtModifier.Edge.END -> "end";
          case AtModifier.Time time -> null;
          case null -> null;
        });
  }

  private static @Nullable String duration(@Nullable DurationExpr expr) {
    return expr == null ? null : Printer.duration(expr);
  }

  private static Map<String, Object> function(FunctionSignature function) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", function.name());
    fields.put("argTypes", function.argumentTypes().stream().map(ValueType::apiName).toList());
    fields.put("variadic", function.variadic());
    fields.put("returnType", function.returnType().apiName());
    return fields;
  }

  private static @Nullable Map<String, @Nullable Object> matching(
      @Nullable VectorMatching matching) {
    if (matching == null) {
      return null;
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("card", matching.cardinality().text());
    fields.put("labels", matching.labels());
    fields.put("on", matching.on());
    fields.put("include", matching.include());
    Double left = matching.fillLeft();
    Double right = matching.fillRight();
    fields.put("fillLeft", left == null ? null : GoFloats.formatPlain(left));
    fields.put("fillRight", right == null ? null : GoFloats.formatPlain(right));
    return fields;
  }

  private void append(@Nullable Object value, int level) {
    switch (value) {
      case Map<?, ?> map -> appendMap(map, level);
      case List<?> list -> appendList(list, level);
      case String text -> appendText(text);
      case null, default -> out.append(value);
    }
  }

  private void appendMap(Map<?, ?> map, int level) {
    String separator = "{";
    for (Map.Entry<?, ?> field : map.entrySet()) {
      out.append(separator).append('\n').append("  ".repeat(level + 1));
      appendText(String.valueOf(field.getKey()));
      out.append(": ");
      append(field.getValue(), level + 1);
      separator = ",";
    }
    out.append('\n').append("  ".repeat(level)).append('}');
  }

  private void appendList(List<?> list, int level) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      append(element, level);
      separator = ", ";
    }
    out.append(']');
  }

  private void appendText(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
