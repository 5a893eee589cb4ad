package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoType.Kind;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code eq}, {@code lt} and the functions that follow from them. */
final class Comparisons {
  private static final String BAD_TYPE = "invalid type for comparison";

  private Comparisons() {}

  /** Whether the first equals any of the others. */
  static boolean equalsAny(List<GoValue> arguments) throws CallException {
    if (arguments.size() < 2) {
      throw new CallException("missing argument for comparison");
    }
    GoValue first = GoValues.unboxed(arguments.getFirst());
    for (GoValue argument : arguments.subList(1, arguments.size())) {
      if (equal(first, GoValues.unboxed(argument))) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(GoValue a, GoValue b) throws CallException {
    Kind kindA = basicKind(a);
    Kind kindB = basicKind(b);
    if (kindA == null && kindB == null) {
      return equalObjects(a, b);
    }
    if (kindA == kindB) {
      return switch (a) {
        case GoValue.Bool v -> v.equals(b);
        case Whole v -> v.value() == ((Whole) b).value();
        case GoValue.Real v -> v.value() == ((GoValue.Real) b).value();
        case GoValue.Complex v -> v.equals(b);
        case Text v -> v.value().equals(((Text) b).value());
        default -> throw new CallException(BAD_TYPE);
      };
    }
    if (isWhole(kindA) && isWhole(kindB)) {
      // Only one of them has a sign; where it is negative they differ.
      long x = ((Whole) a).value();
      return x >= 0 && x == ((Whole) b).value();
    }
    if (a instanceof GoValue.Nothing || b instanceof GoValue.Nothing) {
      return false;
    }
    throw incompatible(a, b);
  }

  /** Values that are no numbers or texts: maps, lists, pointers, structs, nil. */
  private static boolean equalObjects(GoValue a, GoValue b) throws CallException {
    boolean nilA = a instanceof GoValue.Nothing || GoValues.isNil(a);
    boolean nilB = b instanceof GoValue.Nothing || GoValues.isNil(b);
    boolean comparableKinds =
        a instanceof GoValue.Nothing
            || b instanceof GoValue.Nothing
            || a.type().kind() == b.type().kind();
    if (!comparableKinds) {
      throw new CallException(
          "non-comparable types "
              + ValuePrinter.print(a, 's')
              + ": "
              + a.type()
              + ", "
              + b.type()
              + ": "
              + ValuePrinter.print(b));
    }
    if (nilA || nilB) {
      return nilA == nilB;
    }
    if (b instanceof GoValue.Mapping || b instanceof GoValue.Listing || isAlertData(b)) {
      throw new CallException(
          "non-comparable type " + ValuePrinter.print(b, 's') + ": " + b.type());
    }
    if (a instanceof GoValue.Pointer x && b instanceof GoValue.Pointer y) {
      return sameObject(x.target(), y.target());
    }
    return a.equals(b);
  }

  /** Pointers are equal where they point to the very same thing. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean sameObject(@Nullable GoValue a, @Nullable GoValue b) {
    return a == b;
  }

  private static boolean isAlertData(GoValue value) {
    return value instanceof GoValue.Struct;
  }

  static boolean less(GoValue first, GoValue second) throws CallException {
    GoValue a = GoValues.unboxed(first);
    GoValue b = GoValues.unboxed(second);
    Kind kindA = basicKind(a);
    Kind kindB = basicKind(b);
    if (kindA == null || kindB == null) {
      throw new CallException(BAD_TYPE);
    }
    if (kindA != kindB && !(isWhole(kindA) && isWhole(kindB))) {
      throw incompatible(a, b);
    }
    return switch (a) {
      case Whole v -> {
        long other = ((Whole) b).value();
        // A negative bit pattern of an unsigned number is a large one.
        boolean unsigned = kindA == Kind.UNSIGNED && kindB == Kind.UNSIGNED;
        yield unsigned ? Long.compareUnsigned(v.value(), other) < 0 : v.value() < other;
      }
      case GoValue.Real v -> v.value() < ((GoValue.Real) b).value();
      case Text v -> compareUtf8(v.value(), ((Text) b).value()) < 0;
      default -> throw new CallException(BAD_TYPE);
    };
  }

  static boolean lessOrEqual(GoValue a, GoValue b) throws CallException {
    return less(a, b) || equalsAny(List.of(a, b));
  }

  /** The order of the texts' bytes in UTF-8, which is that of their code points. */
  static int compareUtf8(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length()) {
      int x = a.codePointAt(i);
      int y = b.codePointAt(i);
      if (x != y) {
        return Integer.compare(x, y);
      }
      i += Character.charCount(x);
    }
    return Integer.compare(a.length(), b.length());
  }

  private static boolean isWhole(@Nullable Kind kind) {
    return kind == Kind.WHOLE || kind == Kind.UNSIGNED;
  }

  private static @Nullable Kind basicKind(GoValue value) {
    return switch (value) {
      case GoValue.Bool v -> Kind.BOOL;
      case Whole v -> v.type().kind();
      case GoValue.Real v -> Kind.REAL;
      case GoValue.Complex v -> Kind.COMPLEX;
      case Text v -> Kind.STRING;
      default -> null;
    };
  }

  private static CallException incompatible(GoValue a, GoValue b) {
    return new CallException("incompatible types for comparison: " + a.type() + " and " + b.type());
  }
}
