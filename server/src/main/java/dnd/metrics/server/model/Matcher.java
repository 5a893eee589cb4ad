package dnd.metrics.server.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Objects;
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

  private final Type type;
  private final String name;
  private final String value;
  private final @Nullable Pattern pattern;

  /**
   * @throws PatternSyntaxException where {@code type} is of a regular expression and {@code value}
   *     is none
   */
  public Matcher(Type type, String name, String value) {
    this.type = type;
    this.name = name;
    this.value = value;
    this.pattern =
        type == Type.REGEX || type == Type.NOT_REGEX
            ? Pattern.compile("^(?s:" + value + ")$")
            : null;
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
      case REGEX -> Objects.requireNonNull(pattern).matcher(candidate).matches();
      case NOT_REGEX -> !Objects.requireNonNull(pattern).matcher(candidate).matches();
    };
  }

  public boolean matches(Labels labels) {
    return matches(labels.get(name));
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
