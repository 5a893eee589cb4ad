package dnd.metrics.server.query;

import java.io.Serial;

/** A query would take longer than one that is answered on the thread that has read it. */
final class NotQuickException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final boolean isByChance;

  private NotQuickException(String message, boolean isByChance) {
    super(message, null, false, false);
    this.isByChance = isByChance;
  }

  /** It reads or computes too much, or reads from a disk. */
  static NotQuickException tooMuch() {
    return new NotQuickException("too much to do", false);
  }

  /** Its search took too long, which may be by chance: other threads want the processors too. */
  static NotQuickException tooLong() {
    return new NotQuickException("too long a search", true);
  }

  /** Whether it may be quick the next time. */
  boolean isByChance() {
    return isByChance;
  }
}
