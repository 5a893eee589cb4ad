package dnd.metrics.server.rules.template;

/**
 * How far a number reaches.
 *
 * @param end behind its last character; where it is not complete, behind the character that does
 *     not belong there
 */
record NumberScan(int end, boolean complete) {
  private static final String DECIMAL = "0123456789_";

  /** A number with an optional sign, of any base, with point, exponent and {@code i} behind it. */
  static NumberScan scan(String text, int start) {
    int i = skipOne(text, start, "+-");
    String digits = DECIMAL;
    if (i < text.length() && text.charAt(i) == '0') {
      i++;
      int base = i;
      if ((i = skipOne(text, base, "xX")) > base) {
        digits = "0123456789abcdefABCDEF_";
      } else if ((i = skipOne(text, base, "oO")) > base) {
        digits = "01234567_";
      } else if ((i = skipOne(text, base, "bB")) > base) {
        digits = "01_";
      }
    }
    i = skipAll(text, i, digits);
    int point = i;
    if ((i = skipOne(text, point, ".")) > point) {
      i = skipAll(text, i, digits);
    }
    boolean hexadecimal = digits.length() > DECIMAL.length();
    String exponent = digits.equals(DECIMAL) ? "eE" : hexadecimal ? "pP" : "";
    int mantissa = i;
    if ((i = skipOne(text, mantissa, exponent)) > mantissa) {
      i = skipAll(text, skipOne(text, i, "+-"), DECIMAL);
    }
    i = skipOne(text, i, "i");
    int next = i < text.length() ? text.codePointAt(i) : -1;
    return TemplateLexer.isAlphanumeric(next)
        ? new NumberScan(i + Character.charCount(next), false)
        : new NumberScan(i, true);
  }

  private static int skipOne(String text, int at, String of) {
    return at < text.length() && of.indexOf(text.charAt(at)) >= 0 ? at + 1 : at;
  }

  private static int skipAll(String text, int at, String of) {
    int i = at;
    while (i < text.length() && of.indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }
}
