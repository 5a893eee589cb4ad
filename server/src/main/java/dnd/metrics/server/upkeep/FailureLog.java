package dnd.metrics.server.upkeep;

import org.slf4j.Logger;

/**
 * What is logged on threads that must not end, whatever failed: to say that memory is missing takes
 * memory, and where there is none, nothing is said. Callers hand over what there is and build no
 * text of it, for the same reason.
 */
public final class FailureLog {
  private FailureLog() {}

  /** Logs {@code failure} as an error. */
  public static void say(Logger log, String what, Throwable failure) {
    try {
      log.error(what, failure);
    } catch (OutOfMemoryError toSaySo) {
      // All else goes on.
    }
  }

  /**
   * The same of something.
   *
   * @param what has a {@code {}} for {@code whom}
   */
  public static void say(Logger log, String what, Object whom, Throwable failure) {
    try {
      log.error(what, whom, failure);
    } catch (OutOfMemoryError toSaySo) {
      // All else goes on.
    }
  }

  /**
   * The same of something that three values tell.
   *
   * @param what has a {@code {}} for each
   */
  public static void say(
      Logger log, String what, Object one, Object two, Object three, Throwable failure) {
    try {
      log.error(what, one, two, three, failure);
    } catch (OutOfMemoryError toSaySo) {
      // All else goes on.
    }
  }
}
