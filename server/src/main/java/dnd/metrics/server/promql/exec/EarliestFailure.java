package dnd.metrics.server.promql.exec;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Of the errors that series by series are found at several steps the one at the earliest step. */
final class EarliestFailure {
  private int step;
  private int rank;
  private @Nullable QueryException first;

  /**
   * @param errorRank the lower of two ranks comes first at one step
   */
  void note(int atStep, int errorRank, Supplier<QueryException> error) {
    if (first == null || atStep < step || (atStep == step && errorRank < rank)) {
      step = atStep;
      rank = errorRank;
      first = error.get();
    }
  }

  /** Ends at an error at the first step; for when those of lower ranks are all noted. */
  void throwIfNothingCanBeEarlier() {
    if (step == 0) {
      throwIfAny();
    }
  }

  void throwIfAny() {
    if (first != null) {
      throw first;
    }
  }
}
