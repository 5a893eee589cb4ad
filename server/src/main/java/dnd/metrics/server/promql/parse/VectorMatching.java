package dnd.metrics.server.promql.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of two instant vectors find each other in a binary operation.
 *
 * @param labels the labels of {@code on(...)} or {@code ignoring(...)}
 * @param on whether {@code labels} are those compared rather than those left out
 * @param include the labels of {@code group_left(...)} or {@code group_right(...)}
 * @param fillLeft the value that stands in for a missing element of the left side, if any
 * @param fillRight the value that stands in for a missing element of the right side, if any
 */
public record VectorMatching(
    Cardinality cardinality,
    List<String> labels,
    boolean on,
    List<String> include,
    @Nullable Double fillLeft,
    @Nullable Double fillRight) {
  /** How many elements of either side may match. */
  public enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    MANY_TO_ONE("many-to-one"),
    ONE_TO_MANY("one-to-many"),
    MANY_TO_MANY("many-to-many");

    private final String text;

    Cardinality(String text) {
      this.text = text;
    }

    /** As error texts name it. */
    public String text() {
      return text;
    }
  }

  public VectorMatching {
    labels = List.copyOf(labels);
    include = List.copyOf(include);
  }
}
