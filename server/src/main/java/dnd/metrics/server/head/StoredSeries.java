package dnd.metrics.server.head;

import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Labels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The series of the checkpoint that a head was opened with, in the file as it is mapped into
 * memory: what is asked of them is read there, and a series is made of its part of the file when
 * someone needs it. A series' place is its number in the file, from 0. Filled by one thread before
 * anybody else uses the head; then safe for use by several threads.
 */
final class StoredSeries {
  private final List<LabelPair> pairs = new ArrayList<>();
  private StoredPortion[] portions = new StoredPortion[0];
  private int[] firstPlaces = new int[0];
  private int size;
  private int nextPending;

  /** The portion that was looked for last, as the next one mostly is; any thread sets it. */
  private int lastPortion;

  private CompletableFuture<@Nullable Void> labelsRead = CompletableFuture.completedFuture(null);
  private CompletableFuture<@Nullable Void> tableFilled = CompletableFuture.completedFuture(null);
  private volatile PendingFloats pending = PendingFloats.none();

  /** No series. */
  static StoredSeries none() {
    return new StoredSeries();
  }

  /**
   * Begins to read by what series are found, on a thread of its own; all portions are noted. Who
   * asks for a series waits for its labels only, so the table of labels comes behind them.
   */
  void readBy(StoredIndex index) {
    labelsRead =
        CompletableFuture.runAsync(
            index::readLabels, task -> Thread.ofPlatform().name("checkpoint").daemon().start(task));
    tableFilled = labelsRead.thenRun(index::fillTable);
  }

  /** Waits until queries can find series by their labels. */
  void awaitLabels() {
    await(labelsRead);
  }

  /** Waits until the {@link SeriesTable} is filled, by which senders find theirs. */
  void awaitTable() {
    await(tableFilled);
  }

  private static void await(CompletableFuture<@Nullable Void> part) {
    try {
      part.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("a checkpoint holds what cannot be read", e.getCause());
    }
  }

  /** Notes the next label pair of the file. */
  void addPair(LabelPair pair) {
    pairs.add(pair);
  }

  LabelPair pair(int number) {
    return pairs.get(number);
  }

  /** Notes the next portion of the file; returns the place of its first series. */
  int addPortion(StoredPortion portion) {
    int n = portions.length;
    portions = Arrays.copyOf(portions, n + 1);
    portions[n] = portion;
    firstPlaces = Arrays.copyOf(firstPlaces, n + 1);
    firstPlaces[n] = size;
    size += portion.count();
    return firstPlaces[n];
  }

  int size() {
    return size;
  }

  /** Records that the log has for series that are not made; before those are filled in. */
  void pending(PendingFloats records) {
    pending = records;
  }

  /** Whether the file has all there is of the series, unless it is made already. */
  boolean isUntouched(int place) {
    return !pending.has(place);
  }

  /**
   * Makes some of the series that have pending samples, so that these need not be kept. One thread
   * calls it.
   *
   * @param directory where the series are
   * @return whether there are more
   */
  boolean makePending(SeriesDirectory directory, int atMost) {
    PendingFloats records = pending;
    if (records.isEmpty()) {
      return false;
    }
    int left = atMost;
    for (; nextPending < size; nextPending++) {
      if (records.has(nextPending)) {
        if (left-- == 0) {
          return true;
        }
        int ref = portion(nextPending).ref(nextPending - firstPlace(nextPending));
        if (directory.entry(ref) == null) {
          directory.get(ref);
        }
      }
    }
    pending = PendingFloats.none();
    return false;
  }

  private int at(int place) {
    int last = lastPortion;
    if (last < firstPlaces.length
        && firstPlaces[last] <= place
        && (last + 1 == firstPlaces.length || place < firstPlaces[last + 1])) {
      return last;
    }
    int found = Arrays.binarySearch(firstPlaces, place);
    int at = found < 0 ? -found - 2 : found;
    lastPortion = at;
    return at;
  }

  private StoredPortion portion(int place) {
    return portions[at(place)];
  }

  /** The number of the portion of the file that a series is in. */
  int portionNumber(int place) {
    return at(place);
  }

  StoredPortion portionWith(int number) {
    return portions[number];
  }

  private int firstPlace(int place) {
    return firstPlaces[at(place)];
  }

  /** The last record of the log that may have changed the series and is in it. */
  long sequence(int place) {
    return portion(place).sequence();
  }

  int labelsHash(int place) {
    int at = at(place);
    return portions[at].labelsHash(place - firstPlaces[at]);
  }

  /** Time of the oldest sample that is in the file; the largest long for none. */
  long oldestMillis(int place) {
    int at = at(place);
    return portions[at].oldestMillis(place - firstPlaces[at]);
  }

  /** Time of the newest sample that there ever was; the smallest long for none. */
  long newestMillis(int place) {
    int at = at(place);
    return portions[at].newestMillis(place - firstPlaces[at]);
  }

  /** Its labels, and behind them all else. */
  CheckpointCursor part(int place) {
    int at = at(place);
    return portions[at].part(place - firstPlaces[at]);
  }

  LabelPair[] readLabels(CheckpointCursor part) {
    awaitLabels();
    LabelPair[] labels = new LabelPair[part.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = pairs.get(part.count());
    }
    return labels;
  }

  Labels labels(int place) {
    return LabelPair.labels(readLabels(part(place)));
  }

  /**
   * A series as it was when the log ended.
   *
   * @param directory where other series are
   */
  HeadSeries make(int place, SeriesDirectory directory) {
    int at = at(place);
    StoredPortion portion = portions[at];
    int i = place - firstPlaces[at];
    CheckpointCursor part = portion.part(i);
    LabelPair[] labels = readLabels(part);
    int ref = portion.ref(i);
    HeadSeries series =
        new HeadSeries(labels, directory.neighbor(ref, labels), portion.sender(), ref);
    series.read(part, new SeriesParts());
    pending.appendTo(series, place);
    return series;
  }

  /**
   * Series of one sender as they stand in a frame of the file (docs/format/checkpoint.md).
   *
   * @param head the frame's, mapped
   * @param body the frame's, mapped
   * @param sequence the frame's
   */
  record StoredPortion(ByteBuffer head, ByteBuffer body, Sender sender, long sequence) {
    /** What stands before the columns. */
    static final int HEAD_BYTES = 24;

    /** All columns together, but for one more offset. */
    static final int COLUMN_BYTES = 28;

    static int columnBytes(int count) {
      return HEAD_BYTES + COLUMN_BYTES * count + Integer.BYTES;
    }

    static int senderOf(ByteBuffer body) {
      return body.getInt(0);
    }

    /** Whether its checksum is right, as it was when the head was opened. */
    boolean isSound() {
      CheckpointFrame.Head frame = CheckpointFrame.decode(head);
      byte[] bytes = new byte[CheckpointFrame.FRAME_BYTES];
      head.get(0, bytes);
      return frame != null && CheckpointFrame.checksum(bytes, body) == frame.checksum();
    }

    int count() {
      return body.getInt(4);
    }

    long oldestMillis() {
      return body.getLong(8);
    }

    long newestMillis() {
      return body.getLong(16);
    }

    int[] refs() {
      return column(HEAD_BYTES);
    }

    int[] labelHashes() {
      return column(HEAD_BYTES + 4 * count());
    }

    private int[] column(int from) {
      int[] all = new int[count()];
      body.slice(from, 4 * all.length).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(all);
      return all;
    }

    int ref(int i) {
      return body.getInt(HEAD_BYTES + 4 * i);
    }

    int labelsHash(int i) {
      return body.getInt(HEAD_BYTES + 4 * (count() + i));
    }

    private int offset(int i) {
      return body.getInt(HEAD_BYTES + 4 * (2 * count() + i));
    }

    long oldestMillis(int i) {
      return body.getLong(HEAD_BYTES + 12 * count() + 4 + 8 * i);
    }

    long newestMillis(int i) {
      return body.getLong(HEAD_BYTES + 20 * count() + 4 + 8 * i);
    }

    CheckpointCursor part(int i) {
      byte[] bytes = new byte[offset(i + 1) - offset(i)];
      body.get(offset(i), bytes);
      return new CheckpointCursor(bytes, 0, bytes.length);
    }
  }
}
