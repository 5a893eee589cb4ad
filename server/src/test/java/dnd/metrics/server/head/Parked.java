package dnd.metrics.server.head;

import java.io.IOException;

/** Which series of a head are parked. */
public final class Parked {
  private Parked() {}

  /** How many are. */
  static int count(Head head) {
    int parked = 0;
    for (int ref = 0; ref < head.nextSeriesRef(); ref++) {
      parked += head.directory().entry(ref) instanceof ParkedSeries ? 1 : 0;
    }
    return parked;
  }

  /**
   * Parks all that have had no sample since a time.
   *
   * @return how many are parked then
   */
  public static int park(Head head, long beforeMillis) throws IOException {
    head.finishSilent(beforeMillis);
    head.storeChunks();
    head.finishSilent(beforeMillis);
    return count(head);
  }
}
