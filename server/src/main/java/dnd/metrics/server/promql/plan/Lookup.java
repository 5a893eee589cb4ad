package dnd.metrics.server.promql.plan;

import org.jspecify.annotations.Nullable;

/**
 * Which times a selector or subquery looks at when it is evaluated at a step: the step's, or the
 * one it is pinned to by {@code @}, each {@code offsetMillis} earlier.
 */
public record Lookup(@Nullable Long atMillis, long offsetMillis) {
  /** The times looked at when evaluated at those of {@code steps}. */
  public StepGrid times(StepGrid steps) {
    return atMillis == null ? steps.shifted(offsetMillis) : steps.pinned(atMillis - offsetMillis);
  }

  public boolean isPinned() {
    return atMillis != null;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    if (atMillis != null) {
      out.append(" @").append(atMillis);
    }
    if (offsetMillis != 0) {
      out.append(" offset ").append(offsetMillis);
    }
    return out.toString();
  }
}
