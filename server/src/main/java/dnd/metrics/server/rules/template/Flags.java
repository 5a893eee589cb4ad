package dnd.metrics.server.rules.template;

/**
 * The flags, width and precision of one verb of a format. For one thread.
 *
 * <p>With {@code %v}, plus and sharp ask for names of fields and for Go's syntax: they are then
 * {@link #plusV} and {@link #sharpV}.
 */
final class Flags {
  static final int NONE = -1;

  boolean sharp;
  boolean zero;
  boolean plus;
  boolean minus;
  boolean space;
  boolean sharpV;
  boolean plusV;

  /** In characters; {@link #NONE} where not given. */
  int width = NONE;

  int precision = NONE;

  void forValue() {
    sharpV = sharp;
    sharp = false;
    plusV = plus;
    plus = false;
  }

  /** Adds {@code text}, filled up to the width. */
  void pad(StringBuilder out, String text) {
    pad(out, text, zero && !minus ? '0' : ' ');
  }

  void padWithSpaces(StringBuilder out, String text) {
    pad(out, text, ' ');
  }

  private void pad(StringBuilder out, String text, char fill) {
    int missing = width - text.codePointCount(0, text.length());
    String padding = missing > 0 ? String.valueOf(fill).repeat(missing) : "";
    out.append(minus ? text + padding : padding + text);
  }
}
