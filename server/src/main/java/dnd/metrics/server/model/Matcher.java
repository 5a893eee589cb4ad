package dnd.metrics.server.model;

import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition on a label's value; an absent label has the empty value. Regular expressions are
 * RE2's, anchored at both ends, with {@code .} matching newlines too, as in Prometheus. Immutable;
 * safe for use by several threads.
 */
public final class Matcher {
  /** How a matcher compares. */
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Type(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  private static final PatternCache PATTERNS = new PatternCache();

  private final Type type;
  private final String name;
  private final String value;

  /** What the expression is where it needs no regular-expression machine; null otherwise. */
  private final @Nullable LiteralPattern literal;

  private final @Nullable CompiledPattern pattern;

  /** What every match of {@link #pattern} begins with. */
  private final String prefix;

  /**
   * @throws PatternSyntaxException where {@code type} is of a regular expression and {@code value}
   *     is none
   */
  public Matcher(Type type, String name, String value) {
    this.type = type;
    this.name = name;
    this.value = value;
    if (type == Type.REGEX || type == Type.NOT_REGEX) {
      this.pattern = PATTERNS.anchored(value);
      this.literal = LiteralPattern.of(value);
      this.prefix = LiteralPattern.prefixOf(value);
    } else {
      this.pattern = null;
      this.literal = null;
      this.prefix = "";
    }
  }

  public static Matcher equal(String name, String value) {
    return new Matcher(Type.EQUAL, name, value);
  }

  public Type type() {
    return type;
  }

  public String name() {
    return name;
  }

  public String value() {
    return value;
  }

  public boolean matches(String candidate) {
    return switch (type) {
      case EQUAL -> candidate.equals(value);
      case NOT_EQUAL -> !candidate.equals(value);
      case REGEX -> fits(candidate);
      case NOT_REGEX -> !fits(candidate);
    };
  }

  private boolean fits(String candidate) {
    if (literal != null) {
      return literal.matches(candidate);
    }
    return candidate.startsWith(prefix) && Objects.requireNonNull(pattern).matches(candidate);
  }

  /** Whether this one asks for what is not: {@code !=} or {@code !~}. */
  public boolean isNegative() {
    return type == Type.NOT_EQUAL || type == Type.NOT_REGEX;
  }

  /**
   * The values that the matcher names: those that it accepts, or, of a {@linkplain #isNegative
   * negative} one, refuses. Null where they cannot be listed.
   */
  public @Nullable Set<String> namedValues() {
    return switch (type) {
      case EQUAL, NOT_EQUAL -> Set.of(value);
      case REGEX, NOT_REGEX -> literal == null ? null : literal.literals();
    };
  }

  public boolean matches(Labeled labels) {
    return matches(labels.label(name));
  }

  /** Whether all of these matchers accept the labels; none at all accept any. */
  public static boolean allMatch(List<Matcher> matchers, Labeled labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Matcher m && m.type == type && m.name.equals(name) && m.value.equals(value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, name, value);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    if (Labels.isLegacyName(name)) {
      out.append(name);
    } else {
      Labels.quote(out, name);
    }
    out.append(type.symbol());
    Labels.quote(out, value);
    return out.toString();
  }
}
