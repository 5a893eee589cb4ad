package dnd.metrics.server.head;

import java.util.Arrays;

/**
 * The watches of the series that an event has appended to. The series of an event are mostly
 * watched by few, and by the same one after the other: a group that is among the last is not noted
 * again, and what is noted twice nevertheless has no effect ({@link WatchGroup#note}). For one
 * thread.
 */
final class TouchedWatches {
  private static final int LOOK_BACK = 4;
  private static final int KEPT = 64;
  private static final WatchGroup[] NONE = {};

  private WatchGroup[] groups = NONE;
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  void add(WatchGroup group) {
    for (int i = count - 1; i >= 0 && i >= count - LOOK_BACK; i--) {
      if (groups[i] == group) {
        return;
      }
    }
    if (count == groups.length) {
      groups = Arrays.copyOf(groups, Math.max(LOOK_BACK, 2 * count));
    }
    groups[count++] = group;
  }

  /** What was added since it was forgotten last. */
  WatchGroup[] all() {
    return Arrays.copyOf(groups, count);
  }

  /** Forgets what was added. */
  void clear() {
    if (groups.length > KEPT) {
      groups = NONE; // one event that touched very many is no reason to expect another
    } else {
      Arrays.fill(groups, 0, count, WatchGroup.NOBODY); // a sender may be silent when they are over
    }
    count = 0;
  }
}
