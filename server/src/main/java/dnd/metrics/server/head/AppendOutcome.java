package dnd.metrics.server.head;

/** What became of one sample. All but the first two are reasons to report it as rejected. */
public enum AppendOutcome {
  ACCEPTED,

  /** The series has this very sample already: nothing to do, and nothing wrong. */
  DUPLICATE,

  /** The series has a sample at this time with another value, which stays. */
  CONFLICT,

  /** Further behind the series' newest sample than the out-of-order window allows. */
  TOO_OLD,

  /** Further ahead of the time of reception than clocks may differ. */
  TOO_NEW,

  /**
   * What the series had at that time cannot be read before a start brings it back, so nobody knows
   * whether it has the sample already.
   */
  DAMAGED,

  /** Not finite where it must be, or a histogram that contradicts itself. */
  INVALID;

  /** Whether the sender may count the sample as stored. */
  public boolean isStored() {
    return this == ACCEPTED || this == DUPLICATE;
  }
}
