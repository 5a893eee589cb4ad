package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.NativeHistogram;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Time;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of the values that templates can come by. */
final class Methods {
  /** Methods that give several values, which a template cannot take. */
  private static final Map<String, String> NOT_CALLABLE =
      Map.of(
          "Date", "function Date has 3 return values; should be 1 or 2",
          "Clock", "function Clock has 3 return values; should be 1 or 2",
          "ISOWeek",
              "invalid function signature for ISOWeek: second return value should be error; is int",
          "Zone",
              "invalid function signature for Zone: second return value should be error; is int");

  private Methods() {}

  static @Nullable GoFunction find(GoValue receiver, String name) {
    return switch (receiver) {
      case Time time -> TimeMethods.find(time.instant(), name);
      case NativeHistogram h -> ofHistogram(h, name);
      case Whole whole -> ofWhole(whole, name);
      case Pointer pointer -> null;
      default -> null;
    };
  }

  private static @Nullable GoFunction ofWhole(Whole whole, String name) {
    if (whole.type().equals(GoType.DURATION)) {
      return DurationMethods.find(whole.value(), name);
    }
    boolean named = whole.type().equals(GoType.MONTH) || whole.type().equals(GoType.WEEKDAY);
    if (named && name.equals("String")) {
      return text(String.valueOf(OwnText.of(whole)));
    }
    return null;
  }

  private static @Nullable GoFunction ofHistogram(NativeHistogram h, String name) {
    return switch (name) {
      case "String" -> text(h.histogram().toString());
      case "TestExpression" -> text(h.histogram().toTestExpression());
      default -> null;
    };
  }

  static GoFunction text(String value) {
    return GoFunction.of(none -> GoValues.text(value));
  }

  static boolean isNotCallable(GoValue receiver, String name) {
    return receiver instanceof Time && NOT_CALLABLE.containsKey(name);
  }

  static String whyNotCallable(GoValue receiver, String name) {
    return NOT_CALLABLE.getOrDefault(name, name + " cannot be called on " + receiver.type());
  }
}
