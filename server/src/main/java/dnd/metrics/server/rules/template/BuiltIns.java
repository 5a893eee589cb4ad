package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The functions that Go's template language has itself. */
final class BuiltIns {
  private BuiltIns() {}

  static Map<String, GoFunction> table() {
    return Map.ofEntries(
        // Whoever calls these two evaluates no more arguments than it needs.
        Map.entry("and", GoFunction.variadic(List::getLast, GoType.VALUE, GoType.VALUE)),
        Map.entry("or", GoFunction.variadic(List::getLast, GoType.VALUE, GoType.VALUE)),
        Map.entry("not", GoFunction.of(BuiltIns::not, GoType.VALUE)),
        Map.entry("call", GoFunction.variadic(BuiltIns::call, GoType.VALUE, GoType.VALUE)),
        Map.entry(
            "eq",
            GoFunction.variadic(
                a -> GoValues.bool(Comparisons.equalsAny(a)), GoType.VALUE, GoType.VALUE)),
        Map.entry("ne", compared(a -> !Comparisons.equalsAny(a))),
        Map.entry("lt", compared(a -> Comparisons.less(a.get(0), a.get(1)))),
        Map.entry("le", compared(a -> Comparisons.lessOrEqual(a.get(0), a.get(1)))),
        Map.entry("gt", compared(a -> !Comparisons.lessOrEqual(a.get(0), a.get(1)))),
        Map.entry("ge", compared(a -> !Comparisons.less(a.get(0), a.get(1)))),
        Map.entry("index", GoFunction.variadic(Elements::index, GoType.VALUE, GoType.VALUE)),
        Map.entry("slice", GoFunction.variadic(Elements::slice, GoType.VALUE, GoType.VALUE)),
        Map.entry("len", GoFunction.of(a -> Elements.length(a.getFirst()), GoType.VALUE)),
        Map.entry("html", text(values -> Escaping.html(printed(values)))),
        Map.entry("js", text(values -> Escaping.javaScript(printed(values)))),
        Map.entry("urlquery", text(values -> Escaping.urlQuery(printed(values)))),
        Map.entry("print", text(ValuePrinter::printAll)),
        Map.entry("println", text(ValuePrinter::printLine)),
        Map.entry(
            "printf",
            GoFunction.variadic(
                a -> GoValues.text(Formatting.format(string(a.getFirst()), a.subList(1, a.size()))),
                GoType.STRING,
                GoType.ANY)));
  }

  /** A comparison of two values. */
  private interface Comparison {
    boolean holds(List<GoValue> values) throws CallException;
  }

  private static GoFunction compared(Comparison comparison) {
    return GoFunction.of(a -> GoValues.bool(comparison.holds(a)), GoType.VALUE, GoType.VALUE);
  }

  /** A function that makes a text of any values. */
  private interface TextMaker {
    String make(List<GoValue> values) throws CallException;
  }

  private static GoFunction text(TextMaker maker) {
    return GoFunction.variadic(a -> GoValues.text(maker.make(a)), GoType.ANY);
  }

  private static GoValue not(List<GoValue> arguments) {
    return GoValues.bool(!GoValues.isTrue(GoValues.unboxed(arguments.getFirst())));
  }

  /** Calls a function that is a value; none of an alert's values is one. */
  private static GoValue call(List<GoValue> arguments) throws CallException {
    GoValue callee = GoValues.unboxed(arguments.get(1));
    if (callee instanceof GoValue.Nothing) {
      throw new CallException("call of nil");
    }
    throw new CallException(
        "non-function " + string(arguments.getFirst()) + " of type " + callee.type());
  }

  private static String printed(List<GoValue> values) throws CallException {
    if (values.size() == 1 && values.getFirst().equals(GoValue.NOTHING)) {
      return "<no value>";
    }
    if (values.size() == 1 && values.getFirst() instanceof Text text) {
      return text.value();
    }
    List<GoValue> printable = new ArrayList<>(values.size());
    values.forEach(value -> printable.add(Printable.of(value)));
    return ValuePrinter.printAll(printable);
  }

  private static String string(GoValue value) {
    return ((Text) value).value();
  }
}
