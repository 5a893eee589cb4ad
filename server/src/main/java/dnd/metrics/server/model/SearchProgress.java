package dnd.metrics.server.model;

/** Is told how a search for series gets on; what it throws ends the search. For one thread. */
@FunctionalInterface
public interface SearchProgress {
  /** For searches that nobody stops. */
  SearchProgress UNWATCHED = () -> {};

  /** Called before the search and, where there is much to look through, again and again. */
  void check();

  /**
   * For how long the search may wait for what is not there yet, as after a start, nanoseconds; 0
   * for not at all, or no more. Who waits calls this and {@link #check} again and again.
   */
  default long patienceNanos() {
    return 0;
  }

  /**
   * Called for series that are found, before the list of all is there; where storage puts several
   * together as one, for each of them.
   */
  default void found(Series series) {}

  /**
   * Told what cannot be read and is left out, where an answer may lack something: of names and
   * values of labels.
   */
  default void leftOut(UnreadableSamplesException why) {}
}
