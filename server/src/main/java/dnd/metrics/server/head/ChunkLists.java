package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import java.io.IOException;

/**
 * Moves out of the heap where the older finished chunks of series are that live, into {@link
 * ListedChunks lists}. Looks at all series once, on one thread, while nothing is cut and no
 * checkpoint is written.
 */
final class ChunkLists {
  /** So many of the newest stay in the heap; a query for the last minutes looks at no list. */
  static final int AT_HAND = 4;

  /** A list has so many chunks, or up to twice as many: each series its own number. */
  static final int LEAST = 12;

  private final Head head;
  private final DiskPace pace;
  private final int atHand;
  private final int least;
  private final CheckpointBytes room = new CheckpointBytes();
  private final ChunkFileUses uses = new ChunkFileUses();

  ChunkLists(Head head, DiskPace pace, int atHand, int least) {
    this.head = head;
    this.pace = pace;
    this.atHand = atHand;
    this.least = least;
  }

  /**
   * Looks at a portion of a sender's series under its lock at a time, and writes the files that
   * have become full in between: after a start there may be lists to make of all series.
   *
   * @throws IOException where a file could not be written; other chunks stay where they are
   */
  void make() throws IOException {
    for (Sender sender : head.allSenders()) {
      int from = 0;
      while (from >= 0 && !head.isClosed()) {
        from = sender.visitOwned(from, this::make);
        if (head.chunkStore().isDue()) {
          head.chunkStore().store(pace, head::isClosed);
        }
      }
    }
  }

  private void make(int ref) {
    HeadSeries series = head.directory().made(ref);
    if (series != null) {
      // those of all that began together would else be made at once
      series.listOlderChunks(atHand, least + ref % least, room, uses);
    }
  }
}
