package dnd.metrics.server.head;

import dnd.metrics.server.head.StoredSeries.StoredPortion;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.index.LabelPair;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * By what series of a checkpoint are found: label pairs, the lists of the index, and the table of
 * labels. Read on a thread of its own while the log behind the checkpoint is, what queries need
 * first; only who needs it waits for it.
 */
final class StoredIndex {
  private final LabelIndex index;
  private final SeriesTable table;
  private final StoredSeries stored;
  private final List<ByteBuffer> pairs = new ArrayList<>();
  private final List<ByteBuffer> postings = new ArrayList<>();
  private final List<ByteBuffer> nameLists = new ArrayList<>();
  private final List<StoredPortion> portions = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  StoredIndex(LabelIndex index, SeriesTable table, StoredSeries stored) {
    this.index = index;
    this.table = table;
    this.stored = stored;
  }

  void addPairs(ByteBuffer body) {
    pairs.add(body);
  }

  void addPostings(ByteBuffer body) {
    postings.add(body);
  }

  void addNames(ByteBuffer body) {
    nameLists.add(body);
  }

  void addPortion(StoredPortion portion) {
    portions.add(portion);
  }

  /** By what queries find series. */
  void readLabels() {
    pairs.forEach(body -> readPairs(CheckpointCursor.of(body)));
    postings.forEach(body -> readPostings(CheckpointCursor.of(body)));
    nameLists.forEach(body -> readNames(CheckpointCursor.of(body)));
  }

  /** By what senders find theirs. */
  void fillTable() {
    table.reserve(stored.size());
    for (StoredPortion portion : portions) {
      table.putAll(portion.refs(), portion.labelHashes());
    }
  }

  private void readPairs(CheckpointCursor in) {
    for (int n = in.count(); n > 0; n--) {
      int name = in.count();
      if (name == names.size()) {
        names.add(in.string());
      }
      stored.addPair(index.pair(names.get(name), in.string()));
    }
  }

  private void readPostings(CheckpointCursor in) {
    for (int number = in.count(); in.hasMore(); number++) {
      LabelPair pair = stored.pair(number);
      int[] few = in.fewNumbers();
      if (few != null) {
        pair.restore(few);
      } else {
        pair.restore(in.numbers());
      }
    }
  }

  private void readNames(CheckpointCursor in) {
    for (String each : names) {
      index.restore(each, in.numbers());
    }
    index.restore(null, in.numbers());
  }
}
