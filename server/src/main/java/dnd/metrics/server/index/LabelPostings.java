package dnd.metrics.server.index;

import java.util.concurrent.ConcurrentHashMap;

/**
 * One label name: the series that have it, and for each of its values the series that have that.
 */
final class LabelPostings {
  final String name;
  final PostingList all = new PostingList();

  /** The keys are the one copy of each value that all series share. */
  final ConcurrentHashMap<String, LabelPair> values = new ConcurrentHashMap<>();

  LabelPostings(String name) {
    this.name = name;
  }
}
