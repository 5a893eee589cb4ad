package dnd.metrics.server.model;

/** Is told how a search for series gets on; what it throws ends the search. For one thread. */
public interface SearchProgress {
  /** For searches that nobody stops. */
  SearchProgress UNWATCHED =
      new SearchProgress() {
        @Override
        public void check() {}

        @Override
        public void found(Series series) {}
      };

  /** Called before the search and, where there is much to look through, again and again. */
  void check();

  /**
   * Called for series that are found, before the list of all is there; where storage puts several
   * together as one, for each of them.
   */
  void found(Series series);
}
