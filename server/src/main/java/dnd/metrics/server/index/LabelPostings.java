package dnd.metrics.server.index;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One label name: the series that have it, and for each of its values the series that have that.
 */
final class LabelPostings {
  private static final int LEAST_ADDED = 1024;

  final String name;
  final PostingList all = new PostingList();

  /** The keys are the one copy of each value that all series share. */
  final ConcurrentHashMap<String, LabelPair> values = new ConcurrentHashMap<>();

  private volatile @Nullable AddedValues added;

  LabelPostings(String name) {
    this.name = name;
  }

  /** For the thread that adds. */
  LabelPair add(String value) {
    LabelPair pair = new LabelPair(this, value);
    values.put(value, pair);
    // After the map, so that who begins to listen finds it in one of both.
    AddedValues listening = added;
    if (listening != null && !listening.add(pair)) {
      added = null;
    }
    return pair;
  }

  /** For the thread that adds. */
  void remove(String value) {
    values.remove(value);
    added = null; // what is remembered of the old values would keep them
  }

  /** Where values are noted from now on, before one looks at those that are here already. */
  AddedValues listen() {
    AddedValues listening = added;
    if (listening == null) {
      listening = new AddedValues(Math.max(LEAST_ADDED, values.size() / 4));
      added = listening;
    }
    return listening;
  }

  /** Whether these are still where values are noted. */
  boolean notesIn(AddedValues known) {
    return added == known;
  }
}
