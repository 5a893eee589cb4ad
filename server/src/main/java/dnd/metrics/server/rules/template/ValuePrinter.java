package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Boxed;
import dnd.metrics.server.rules.template.GoValue.Complex;
import dnd.metrics.server.rules.template.GoValue.Listing;
import dnd.metrics.server.rules.template.GoValue.Mapping;
import dnd.metrics.server.rules.template.GoValue.NativeHistogram;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Struct;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Prints values by a verb of Go's formats. What Go prints of a pointer inside of another value is
 * its address; here it is an address that no value has. For one thread.
 */
final class ValuePrinter {
  private static final String NIL = "<nil>";
  private static final String SOME_ADDRESS = "0xc000000000";
  private static final int DEFAULT_PRECISION = 6;

  private final StringBuilder out;
  private final Flags flags;
  private boolean reportingBadVerb;

  ValuePrinter(StringBuilder out, Flags flags) {
    this.out = out;
    this.flags = flags;
  }

  /** As {@code fmt.Sprint} prints one value. */
  static String print(GoValue value) {
    return print(value, 'v');
  }

  static String print(GoValue value, char verb) {
    StringBuilder out = new StringBuilder();
    new ValuePrinter(out, new Flags()).argument(value, verb);
    return out.toString();
  }

  /** As {@code fmt.Sprint}: a space between values of which neither is a text. */
  static String printAll(List<GoValue> values) {
    StringBuilder out = new StringBuilder();
    boolean afterText = true;
    for (GoValue value : values) {
      boolean text = value instanceof Text;
      if (!text && !afterText) {
        out.append(' ');
      }
      new ValuePrinter(out, new Flags()).argument(value, 'v');
      afterText = text;
    }
    return out.toString();
  }

  /** As {@code fmt.Sprintln}. */
  static String printLine(List<GoValue> values) {
    StringBuilder out = new StringBuilder();
    String separator = "";
    for (GoValue value : values) {
      out.append(separator);
      new ValuePrinter(out, new Flags()).argument(value, 'v');
      separator = " ";
    }
    return out.append('\n').toString();
  }

  /** Adds an argument of a format. */
  void argument(GoValue value, char verb) {
    if (value instanceof GoValue.Nothing || (value instanceof Boxed box && box.content() == null)) {
      if (verb == 'T' || verb == 'v') {
        flags.pad(out, NIL);
      } else {
        badVerb(value, verb);
      }
      return;
    }
    GoValue shown = GoValues.unboxed(value);
    switch (verb) {
      case 'T' -> StringPrinter.plain(out, flags, shown.type().name());
      case 'p' -> pointer(shown, 'p');
      default -> value(shown, verb, 0);
    }
  }

  private void value(GoValue value, char verb, int depth) {
    String own = reportingBadVerb || flags.sharpV ? null : OwnText.of(value);
    if (own != null && "vsxXq".indexOf(verb) >= 0) {
      text(own, verb);
      return;
    }
    switch (value) {
      case GoValue.Nothing v -> nothing(value, verb);
      case GoValue.Bool v -> {
        if (verb == 't' || verb == 'v') {
          flags.pad(out, Boolean.toString(v.value()));
        } else {
          badVerb(value, verb);
        }
      }
      case Whole v -> whole(v, verb);
      case GoValue.Real v -> real(v, verb);
      case Complex v -> complex(v, verb);
      case Text v -> {
        if ("vsxXq".indexOf(verb) >= 0) {
          text(v.value(), verb);
        } else {
          badVerb(value, verb);
        }
      }
      case Mapping v -> map(v, verb, depth);
      case Listing v -> list(v, verb, depth);
      case Pointer v -> {
        GoValue target = v.target();
        boolean whole = target instanceof Struct || target instanceof NativeHistogram;
        if (depth == 0 && target != null && whole) {
          out.append('&');
          value(target, verb, depth + 1);
        } else {
          pointer(v, verb);
        }
      }
      case Struct v -> struct(v, verb, depth);
      case GoValue.Time v -> text(String.valueOf(OwnText.of(v)), 's');
      case NativeHistogram v -> out.append(v.histogram());
      case Boxed v -> {
        GoValue content = v.content();
        if (content != null) {
          value(content, verb, depth + 1);
        } else {
          out.append(flags.sharpV ? "interface {}(nil)" : NIL);
        }
      }
    }
  }

  private void nothing(GoValue value, char verb) {
    if (verb == 'v') {
      out.append(NIL);
    } else {
      badVerb(value, verb);
    }
  }

  private void text(String text, char verb) {
    switch (verb) {
      case 'v' -> {
        if (flags.sharpV) {
          StringPrinter.quoted(out, flags, text);
        } else {
          StringPrinter.plain(out, flags, text);
        }
      }
      case 'x' -> StringPrinter.hexadecimal(out, flags, text, false);
      case 'X' -> StringPrinter.hexadecimal(out, flags, text, true);
      case 'q' -> StringPrinter.quoted(out, flags, text);
      default -> StringPrinter.plain(out, flags, text);
    }
  }

  private void whole(Whole value, char verb) {
    switch (verb) {
      case 'v' -> {
        if (flags.sharpV && value.type().kind() == GoType.Kind.UNSIGNED) {
          boolean sharp = flags.sharp;
          flags.sharp = true;
          NumberPrinter.integer(out, flags, value, 16, 'x');
          flags.sharp = sharp;
        } else {
          NumberPrinter.integer(out, flags, value, 10, verb);
        }
      }
      case 'd' -> NumberPrinter.integer(out, flags, value, 10, verb);
      case 'b' -> NumberPrinter.integer(out, flags, value, 2, verb);
      case 'o', 'O' -> NumberPrinter.integer(out, flags, value, 8, verb);
      case 'x', 'X' -> NumberPrinter.integer(out, flags, value, 16, verb);
      case 'c' -> StringPrinter.character(out, flags, value.value());
      case 'q' -> StringPrinter.quotedCharacter(out, flags, value.value());
      case 'U' -> NumberPrinter.unicode(out, flags, value.value());
      default -> badVerb(value, verb);
    }
  }

  private void real(GoValue.Real value, char verb) {
    switch (verb) {
      case 'v' -> NumberPrinter.real(out, flags, value.value(), 'g', RealText.SHORTEST);
      case 'b', 'g', 'G', 'x', 'X' ->
          NumberPrinter.real(out, flags, value.value(), verb, RealText.SHORTEST);
      case 'f', 'e', 'E' -> NumberPrinter.real(out, flags, value.value(), verb, DEFAULT_PRECISION);
      case 'F' -> NumberPrinter.real(out, flags, value.value(), 'f', DEFAULT_PRECISION);
      default -> badVerb(value, verb);
    }
  }

  private void complex(Complex value, char verb) {
    if ("vbgGxXfFeE".indexOf(verb) < 0) {
      badVerb(value, verb);
      return;
    }
    boolean plus = flags.plus;
    out.append('(');
    real(new GoValue.Real(value.real()), verb);
    flags.plus = true;
    real(new GoValue.Real(value.imaginary()), verb);
    out.append("i)");
    flags.plus = plus;
  }

  private void map(Mapping map, char verb, int depth) {
    out.append(flags.sharpV ? map.type().name() + "{" : "map[");
    Iterator<String> keys = map.entries().keySet().iterator();
    while (keys.hasNext()) {
      String key = keys.next();
      value(GoValues.text(key), verb, depth + 1);
      out.append(':');
      value(map.get(key), verb, depth + 1);
      separate(keys);
    }
    out.append(flags.sharpV ? "}" : "]");
  }

  private void list(Listing list, char verb, int depth) {
    out.append(flags.sharpV ? list.type().name() + "{" : "[");
    Iterator<GoValue> elements = list.elements().iterator();
    while (elements.hasNext()) {
      value(elements.next(), verb, depth + 1);
      separate(elements);
    }
    out.append(flags.sharpV ? "}" : "]");
  }

  private void struct(Struct struct, char verb, int depth) {
    out.append(flags.sharpV ? struct.type().name() + "{" : "{");
    Iterator<Map.Entry<String, GoValue>> fields = struct.fields().entrySet().iterator();
    while (fields.hasNext()) {
      Map.Entry<String, GoValue> field = fields.next();
      if (flags.plusV || flags.sharpV) {
        out.append(field.getKey()).append(':');
      }
      value(field.getValue(), verb, depth + 1);
      separate(fields);
    }
    out.append('}');
  }

  private void separate(Iterator<?> more) {
    if (more.hasNext()) {
      out.append(flags.sharpV ? ", " : " ");
    }
  }

  private void pointer(GoValue value, char verb) {
    if (!(value instanceof Pointer pointer)) {
      badVerb(value, verb);
      return;
    }
    String address = pointer.target() == null ? NIL : SOME_ADDRESS;
    switch (verb) {
      case 'v', 'p' -> flags.pad(out, address);
      default -> badVerb(value, verb);
    }
  }

  private void badVerb(GoValue value, char verb) {
    reportingBadVerb = true;
    out.append("%!").append(verb).append('(');
    if (value instanceof GoValue.Nothing || GoValues.isNil(value)) {
      out.append(NIL);
    } else {
      out.append(value.type()).append('=');
      value(value, 'v', 0);
    }
    out.append(')');
    reportingBadVerb = false;
  }
}
