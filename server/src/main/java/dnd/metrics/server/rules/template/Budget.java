package dnd.metrics.server.rules.template;

import org.jspecify.annotations.Nullable;

/**
 * Bounds what one expansion may cost, so that no template keeps a rule from being evaluated: how
 * much it prints, how many steps it takes (a step is a part of the template that is executed, or a
 * character that a function makes), and how deep its templates call each other.
 */
final class Budget {
  static final int MAX_OUTPUT_LENGTH = 1 << 20;
  static final long MAX_STEPS = 10_000_000;
  static final int MAX_DEPTH = 400;

  private long steps;
  private int depth;

  /** The words of the error where the steps are used up; null where they are not. */
  @Nullable String step(long count) {
    steps += count;
    return steps > MAX_STEPS ? "template takes too long: more than " + MAX_STEPS + " steps" : null;
  }

  /**
   * The same for a function.
   *
   * @throws CallException where the steps are used up
   */
  void take(long count) throws CallException {
    String tooLong = step(count);
    if (tooLong != null) {
      throw new CallException(tooLong);
    }
  }

  boolean enter() {
    depth++;
    return depth <= MAX_DEPTH;
  }

  void leave() {
    depth--;
  }
}
