package dnd.metrics.server.promql.parse;

import dnd.metrics.server.model.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects series, and of each the newest sample (or, inside a {@link MatrixSelector}, a range).
 *
 * @param name the metric's name where it stands in front of the braces, else empty
 * @param matchers all matchers; where {@code name} is set the last one is {@code __name__="name"}
 * @param offsetMillis how far back to look; 0 where {@code offsetExpr} was not yet resolved
 * @param offsetExpr the offset where it is an expression ({@link Durations#resolve})
 * @param at what the {@code @} modifier pins it to
 * @param labelsOnly whether it is the second argument of {@code info}, which selects by labels
 *     alone
 */
public record VectorSelector(
    String name,
    List<Matcher> matchers,
    long offsetMillis,
    @Nullable DurationExpr offsetExpr,
    @Nullable AtModifier at,
    RangeMode mode,
    boolean labelsOnly,
    PositionRange position)
    implements Expr {
  /** How a range's ends are treated. */
  public enum RangeMode {
    /** Only samples inside the range count. */
    PLAIN,
    /** The last sample before the range stands at its start. */
    ANCHORED,
    /** Values at both ends are interpolated. */
    SMOOTHED
  }

  public VectorSelector {
    matchers = List.copyOf(matchers);
  }

  @Override
  public ValueType type() {
    return ValueType.VECTOR;
  }

  @Override
  public List<Expr> children() {
    return List.of();
  }
}
