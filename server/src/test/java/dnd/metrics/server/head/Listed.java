package dnd.metrics.server.head;

/** What of a head's finished chunks is in lists. */
final class Listed {
  private Listed() {}

  /** How many chunks of all series that are made. */
  static int count(Head head) {
    int listed = 0;
    for (int ref = 0; ref < head.nextSeriesRef(); ref++) {
      HeadSeries series = head.directory().made(ref);
      listed += series == null ? 0 : series.finished.listedCount();
    }
    return listed;
  }
}
