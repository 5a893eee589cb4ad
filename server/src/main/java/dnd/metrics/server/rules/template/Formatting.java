package dnd.metrics.server.rules.template;

import dnd.metrics.server.rules.template.GoValue.Whole;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A format of Go's {@code fmt.Sprintf} at work: verbs with flags, width and precision (also from
 * arguments, {@code *}) and numbered arguments. What is wrong with it shows in the result, such as
 * {@code %!d(string=hi)}. For one use.
 */
final class Formatting {
  /** The largest width or precision. */
  private static final int LIMIT = 1_000_000;

  private final String format;
  private final List<GoValue> arguments;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int next;
  private boolean numbered;
  private boolean goodNumber;
  private boolean afterNumber;

  private Formatting(String format, List<GoValue> arguments) {
    this.format = format;
    this.arguments = arguments;
  }

  /**
   * @throws CallException where the result is larger than an expansion may be
   */
  static String format(String format, List<GoValue> arguments) throws CallException {
    Formatting formatting = new Formatting(format, arguments);
    formatting.run();
    return formatting.out.toString();
  }

  private void run() throws CallException {
    while (at < format.length()) {
      int percent = format.indexOf('%', at);
      int textEnd = percent < 0 ? format.length() : percent;
      out.append(format, at, textEnd);
      at = textEnd + 1;
      if (percent >= 0) {
        verb();
      }
      if (out.length() > Budget.MAX_OUTPUT_LENGTH) {
        throw new CallException("result is too long: more than " + Budget.MAX_OUTPUT_LENGTH);
      }
    }
    extra();
  }

  private void verb() {
    goodNumber = true;
    afterNumber = false;
    Flags flags = new Flags();
    readFlags(flags);
    readNumber();
    readWidth(flags);
    readPrecision(flags);
    if (!afterNumber) {
      readNumber();
    }
    if (at >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    int verb = format.codePointAt(at);
    at += Character.charCount(verb);
    if (verb == '%') {
      out.append('%');
    } else if (!goodNumber) {
      out.append("%!").appendCodePoint(verb).append("(BADINDEX)");
    } else if (next >= arguments.size()) {
      out.append("%!").appendCodePoint(verb).append("(MISSING)");
    } else {
      if (verb == 'v' || verb == 'w') {
        flags.forValue();
      }
      new ValuePrinter(out, flags).argument(arguments.get(next), (char) verb);
      next++;
    }
  }

  private void readFlags(Flags flags) {
    for (; at < format.length(); at++) {
      switch (format.charAt(at)) {
        case '#' -> flags.sharp = true;
        case '0' -> flags.zero = true;
        case '+' -> flags.plus = true;
        case '-' -> flags.minus = true;
        case ' ' -> flags.space = true;
        default -> {
          return;
        }
      }
    }
  }

  /** Reads the number of an argument, {@code [2]}, if there is one. */
  private void readNumber() {
    afterNumber = false;
    if (at >= format.length() || format.charAt(at) != '[') {
      return;
    }
    numbered = true;
    int close = format.indexOf(']', at);
    if (close < 0) {
      goodNumber = false;
      at++;
      return;
    }
    int number = number(format.substring(at + 1, close));
    at = close + 1;
    if (number >= 1 && number <= arguments.size()) {
      next = number - 1;
      afterNumber = true;
    } else {
      goodNumber = false;
      afterNumber = number != Flags.NONE;
    }
  }

  private void readWidth(Flags flags) {
    if (at < format.length() && format.charAt(at) == '*') {
      at++;
      Integer width = argumentNumber();
      if (width == null) {
        out.append("%!(BADWIDTH)");
      } else {
        flags.width = Math.abs(width);
        if (width < 0) {
          flags.minus = true;
          flags.zero = false;
        }
      }
      afterNumber = false;
      return;
    }
    flags.width = readDigits();
    if (afterNumber && flags.width != Flags.NONE) {
      goodNumber = false;
    }
  }

  private void readPrecision(Flags flags) {
    if (at + 1 >= format.length() || format.charAt(at) != '.') {
      return;
    }
    at++;
    if (afterNumber) {
      goodNumber = false;
    }
    readNumber();
    if (at < format.length() && format.charAt(at) == '*') {
      at++;
      Integer precision = argumentNumber();
      if (precision == null || precision < 0) {
        out.append("%!(BADPREC)");
      } else {
        flags.precision = precision;
      }
      afterNumber = false;
      return;
    }
    int precision = readDigits();
    flags.precision = precision == Flags.NONE ? 0 : precision;
  }

  private @Nullable Integer argumentNumber() {
    if (next >= arguments.size()) {
      return null;
    }
    GoValue argument = GoValues.unboxed(arguments.get(next));
    next++;
    return argument instanceof Whole whole && Math.abs(whole.value()) <= LIMIT
        ? (Integer) (int) whole.value()
        : null;
  }

  /** Reads a number; where it is far too large, the rest of the format is lost, as in Go. */
  private int readDigits() {
    int start = at;
    while (at < format.length() && TemplateLexer.isDigit(format.charAt(at))) {
      at++;
    }
    int number = number(format.substring(start, at));
    if (number == Flags.NONE && at > start) {
      at = format.length();
    }
    return number;
  }

  private static int number(String digits) {
    if (digits.isEmpty()) {
      return Flags.NONE;
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (number > LIMIT || !TemplateLexer.isDigit(c)) {
        return Flags.NONE;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /** Shows the arguments that no verb has asked for. */
  private void extra() {
    if (numbered || next >= arguments.size()) {
      return;
    }
    out.append("%!(EXTRA ");
    for (int i = next; i < arguments.size(); i++) {
      out.append(i > next ? ", " : "");
      GoValue argument = GoValues.unboxed(arguments.get(i));
      if (argument instanceof GoValue.Nothing) {
        out.append("<nil>");
      } else {
        out.append(argument.type()).append('=').append(ValuePrinter.print(argument));
      }
    }
    out.append(')');
  }
}
