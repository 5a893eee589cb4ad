package dnd.metrics.server.hub.embedded;

import org.slf4j.Logger;

/**
 * What is logged on threads that must not end, whatever failed: to say that memory is missing takes
 * memory, and where there is none, nothing is said. Callers hand over what there is and build no
 * text of it, for the same reason.
 */
final class FailureLog {
  private FailureLog() {}

  /** Logs {@code failure} as an error. */
  static void say(Logger log, String what, Throwable failure) {
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
  static void say(Logger log, String what, Object whom, Throwable failure) {
    try {
      log.error(what, whom, failure);
    } catch (OutOfMemoryError toSaySo) {
      // All else goes on.
    }
  }
}
