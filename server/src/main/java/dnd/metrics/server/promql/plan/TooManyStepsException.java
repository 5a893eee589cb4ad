package dnd.metrics.server.promql.plan;

import java.io.Serial;

/** A query, or a subquery in it, is to be evaluated at more times than can be counted. */
public final class TooManyStepsException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  TooManyStepsException(long startMillis, long endMillis, long stepMillis) {
    super(
        "more than "
            + Integer.MAX_VALUE
            + " steps of "
            + stepMillis
            + " ms would have to be evaluated, from "
            + startMillis
            + " to "
            + endMillis,
        null,
        false,
        false);
  }
}
