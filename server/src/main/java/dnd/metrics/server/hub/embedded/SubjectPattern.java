package dnd.metrics.server.hub.embedded;

/**
 * The rules for subjects and patterns, those of nats-server's {@code sublist.go}: tokens separated
 * by dots, none empty; {@code *} stands for one token, {@code >} for one or more and only at the
 * end. A star or angle inside a longer token is an ordinary character.
 */
final class SubjectPattern {
  private SubjectPattern() {}

  /** Whether {@code pattern} may be subscribed to. */
  static boolean isValid(String pattern) {
    int length = pattern.length();
    int start = 0;
    while (true) {
      int end = pattern.indexOf('.', start);
      if (end < 0) {
        end = length;
      }
      if (end == start || hasBlank(pattern, start, end)) {
        return false;
      }
      if (end == length) {
        return true;
      }
      if (isToken(pattern, start, end, '>')) {
        return false;
      }
      start = end + 1;
    }
  }

  /** Whether {@code subject} is valid and has no wildcard. */
  static boolean isLiteral(String subject) {
    return isValid(subject) && !hasWildcard(subject);
  }

  static boolean hasWildcard(String pattern) {
    int length = pattern.length();
    for (int i = 0; i < length; i++) {
      char c = pattern.charAt(i);
      if ((c == '*' || c == '>')
          && (i == 0 || pattern.charAt(i - 1) == '.')
          && (i + 1 == length || pattern.charAt(i + 1) == '.')) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether every subject that {@code subject} stands for (itself, where it has no wildcard) is
   * also one that {@code pattern} stands for.
   */
  static boolean covers(String pattern, String subject) {
    return isFor(pattern, subject, true);
  }

  /**
   * Whether {@code pattern} stands for a subject that something is published to: a star or an angle
   * among its tokens is one like any other there.
   */
  static boolean matches(String pattern, String subject) {
    return isFor(pattern, subject, false);
  }

  private static boolean isFor(String pattern, String subject, boolean subjectMayBePattern) {
    int p = 0;
    int s = 0;
    while (true) {
      int pEnd = tokenEnd(pattern, p);
      int sEnd = tokenEnd(subject, s);
      if (isToken(pattern, p, pEnd, '>')) {
        return true;
      }
      if (subjectMayBePattern && isToken(subject, s, sEnd, '>')) {
        return false;
      }
      if (!isToken(pattern, p, pEnd, '*') && !sameToken(pattern, p, pEnd, subject, s, sEnd)) {
        return false;
      }
      boolean patternDone = pEnd == pattern.length();
      boolean subjectDone = sEnd == subject.length();
      if (patternDone || subjectDone) {
        return patternDone && subjectDone;
      }
      p = pEnd + 1;
      s = sEnd + 1;
    }
  }

  /** Whether some subject is one that both patterns stand for. */
  static boolean collide(String a, String b) {
    int i = 0;
    int j = 0;
    while (true) {
      int iEnd = tokenEnd(a, i);
      int jEnd = tokenEnd(b, j);
      if (isToken(a, i, iEnd, '>') || isToken(b, j, jEnd, '>')) {
        return true;
      }
      if (!isToken(a, i, iEnd, '*')
          && !isToken(b, j, jEnd, '*')
          && !sameToken(a, i, iEnd, b, j, jEnd)) {
        return false;
      }
      boolean aDone = iEnd == a.length();
      boolean bDone = jEnd == b.length();
      if (aDone || bDone) {
        return aDone && bDone;
      }
      i = iEnd + 1;
      j = jEnd + 1;
    }
  }

  private static int tokenEnd(String pattern, int start) {
    int end = pattern.indexOf('.', start);
    return end < 0 ? pattern.length() : end;
  }

  private static boolean isToken(String pattern, int start, int end, char wildcard) {
    return end - start == 1 && pattern.charAt(start) == wildcard;
  }

  private static boolean sameToken(String a, int i, int iEnd, String b, int j, int jEnd) {
    return iEnd - i == jEnd - j && a.regionMatches(i, b, j, iEnd - i);
  }

  private static boolean hasBlank(String pattern, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = pattern.charAt(i);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        return true;
      }
    }
    return false;
  }
}
