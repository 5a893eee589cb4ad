package dnd.metrics.server.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that is made of literals, groups, alternation, {@code .*} and {@code .+}
 * only, and is therefore answered without a regular-expression machine. Most of what dashboards ask
 * is of this kind: {@code a|b|c}, {@code prod-(eu|us)-.*}, {@code .*timeout.*}, {@code .+}.
 * Immutable.
 */
final class LiteralPattern {
  /** More literals than this in one expression are left to the regular-expression machine. */
  private static final int MAX_LITERALS = 1024;

  /** What an alternative allows before or behind its literal. */
  private enum Gap {
    NOTHING,
    ANYTHING,
    SOMETHING
  }

  /** One alternative: a literal with gaps around it. */
  private record Piece(Gap before, String literal, Gap behind) {
    boolean isLiteral() {
      return before == Gap.NOTHING && behind == Gap.NOTHING;
    }

    boolean matches(String text) {
      int spare = text.length() - literal.length();
      int least = (before == Gap.SOMETHING ? 1 : 0) + (behind == Gap.SOMETHING ? 1 : 0);
      if (spare < least) {
        return false;
      }
      if (before == Gap.NOTHING) {
        return behind == Gap.NOTHING ? text.equals(literal) : text.startsWith(literal);
      }
      if (behind == Gap.NOTHING) {
        return text.endsWith(literal);
      }
      int at = text.indexOf(literal, before == Gap.SOMETHING ? 1 : 0);
      return at >= 0 && at + literal.length() + (behind == Gap.SOMETHING ? 1 : 0) <= text.length();
    }
  }

  private final Set<String> literals;
  private final Piece[] gapped;

  private LiteralPattern(List<Piece> pieces) {
    Set<String> set = new LinkedHashSet<>();
    List<Piece> rest = new ArrayList<>();
    for (Piece piece : pieces) {
      if (piece.isLiteral()) {
        set.add(piece.literal());
      } else {
        rest.add(piece);
      }
    }
    literals = Set.copyOf(set);
    gapped = rest.toArray(Piece[]::new);
  }

  /**
   * The pattern for {@code regex}, or null where it is of another kind (or no valid one at all).
   */
  static @Nullable LiteralPattern of(String regex) {
    Reader reader = new Reader(regex);
    List<Piece> pieces = reader.alternatives();
    return pieces == null || reader.at != regex.length() ? null : new LiteralPattern(pieces);
  }

  boolean matches(String text) {
    if (literals.contains(text)) {
      return true;
    }
    for (Piece piece : gapped) {
      if (piece.matches(text)) {
        return true;
      }
    }
    return false;
  }

  /** All texts that match, or null where they cannot be listed. */
  @Nullable Set<String> literals() {
    return gapped.length == 0 ? literals : null;
  }

  /** The text that every match of {@code regex} begins with; may be empty. */
  static String prefixOf(String regex) {
    if (regex.indexOf('|') >= 0 || regex.contains("(?")) {
      return "";
    }
    int n = 0;
    while (n < regex.length() && isPlain(regex.charAt(n))) {
      n++;
    }
    if (n > 0 && n < regex.length() && "*?{".indexOf(regex.charAt(n)) >= 0) {
      n -= n > 1 && Character.isLowSurrogate(regex.charAt(n - 1)) ? 2 : 1;
    }
    return regex.substring(0, n);
  }

  private static boolean isPlain(char c) {
    return "\\.+*?()|[]{}^$".indexOf(c) < 0;
  }

  /** Reads an expression from left to right; every method returns null at what it does not know. */
  private static final class Reader {
    final String regex;
    int at;

    Reader(String regex) {
      this.regex = regex;
    }

    @Nullable List<Piece> alternatives() {
      List<Piece> all = new ArrayList<>();
      while (true) {
        List<Piece> one = sequence();
        if (one == null || all.size() + one.size() > MAX_LITERALS) {
          return null;
        }
        all.addAll(one);
        if (at == regex.length() || regex.charAt(at) != '|') {
          return all;
        }
        at++;
      }
    }

    private @Nullable List<Piece> sequence() {
      List<Piece> soFar = List.of(new Piece(Gap.NOTHING, "", Gap.NOTHING));
      while (at < regex.length() && regex.charAt(at) != '|' && regex.charAt(at) != ')') {
        List<Piece> next = atom();
        if (next == null) {
          return null;
        }
        soFar = product(soFar, next);
        if (soFar == null) {
          return null;
        }
      }
      return soFar;
    }

    private @Nullable List<Piece> atom() {
      char c = regex.charAt(at);
      List<Piece> read;
      if (c == '(') {
        at += regex.startsWith("(?:", at) ? 3 : 1;
        if (at < regex.length() && regex.charAt(at) == '?') {
          return null;
        }
        read = alternatives();
        if (read == null || at == regex.length() || regex.charAt(at) != ')') {
          return null;
        }
        at++;
      } else if (c == '.') {
        Gap gap;
        if (regex.startsWith(".*", at)) {
          gap = Gap.ANYTHING;
        } else if (regex.startsWith(".+", at)) {
          gap = Gap.SOMETHING;
        } else {
          return null;
        }
        at += 2;
        read = List.of(new Piece(gap, "", Gap.NOTHING));
      } else {
        int from = at;
        if (c == '\\') {
          at++;
          if (at == regex.length() || Character.isLetterOrDigit(regex.charAt(at))) {
            return null;
          }
          from = at;
        } else if (!isPlain(c)) {
          return null;
        }
        at += Character.charCount(regex.codePointAt(at));
        read = List.of(new Piece(Gap.NOTHING, regex.substring(from, at), Gap.NOTHING));
      }
      return at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0 ? null : read;
    }

    /** Every left alternative followed by every right one. */
    private static @Nullable List<Piece> product(List<Piece> left, List<Piece> right) {
      if (left.size() * right.size() > MAX_LITERALS) {
        return null;
      }
      List<Piece> out = new ArrayList<>(left.size() * right.size());
      for (Piece l : left) {
        for (Piece r : right) {
          Piece joined = join(l, r);
          if (joined == null) {
            return null;
          }
          out.add(joined);
        }
      }
      return out;
    }

    private static @Nullable Piece join(Piece l, Piece r) {
      boolean leftEmpty = l.literal().isEmpty() && l.behind() == Gap.NOTHING;
      if (leftEmpty && (l.before() == Gap.NOTHING || r.before() == Gap.NOTHING)) {
        Gap before = l.before() == Gap.NOTHING ? r.before() : l.before();
        return new Piece(before, r.literal(), r.behind());
      }
      if (l.behind() == Gap.NOTHING && r.before() == Gap.NOTHING) {
        return new Piece(l.before(), l.literal() + r.literal(), r.behind());
      }
      boolean rightIsGap = r.literal().isEmpty() && r.behind() == Gap.NOTHING;
      if (l.behind() == Gap.NOTHING && rightIsGap) {
        return new Piece(l.before(), l.literal(), r.before());
      }
      return null; // a gap between two literals, or two gaps in a row
    }
  }
}
