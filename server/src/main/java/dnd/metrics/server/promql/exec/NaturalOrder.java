package dnd.metrics.server.promql.exec;

/**
 * The order of texts in which runs of digits count as numbers, as in {@code facette/natsort}, which
 * Prometheus uses: texts are cut into runs of digits and of others, which are compared in turn.
 */
final class NaturalOrder {
  private NaturalOrder() {}

  static int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int endA = runEnd(a, i);
      int endB = runEnd(b, j);
      String runA = a.substring(i, endA);
      String runB = b.substring(j, endB);
      int c = compareRuns(runA, runB);
      if (c != 0) {
        return c;
      }
      i = endA;
      j = endB;
    }
    return Integer.compare(a.length() - i, b.length() - j) != 0
        ? Integer.compare(a.length() - i, b.length() - j)
        : a.compareTo(b);
  }

  private static int compareRuns(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    if (isDigit(a.charAt(0)) && isDigit(b.charAt(0))) {
      String x = stripZeros(a);
      String y = stripZeros(b);
      int c = Integer.compare(x.length(), y.length());
      if (c == 0) {
        c = x.compareTo(y);
      }
      return c != 0 ? c : Integer.compare(a.length(), b.length());
    }
    return a.compareTo(b);
  }

  private static String stripZeros(String digits) {
    int i = 0;
    while (i < digits.length() - 1 && digits.charAt(i) == '0') {
      i++;
    }
    return digits.substring(i);
  }

  private static int runEnd(String text, int from) {
    boolean digits = isDigit(text.charAt(from));
    int i = from + 1;
    while (i < text.length() && isDigit(text.charAt(i)) == digits) {
      i++;
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
