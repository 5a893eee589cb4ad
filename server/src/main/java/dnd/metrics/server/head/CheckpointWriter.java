package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.CheckpointFrame.Kind;
import dnd.metrics.server.head.StoredSeries.StoredPortion;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.wal.EventRecord;
import dnd.metrics.server.wal.FileHeader;
import dnd.metrics.server.wal.LargeLogFile;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes what a head holds into one file, while it goes on taking in.
 *
 * <p>Senders are written one after the other, and a sender's series in portions; a sender is held
 * up while a portion of it is copied, never while anything is written to the disk. Each portion
 * names the last record of the log at that moment. A sender's records are appended under its lock,
 * so its records up to there are in the portion, and those behind it are not: whoever reads the
 * checkpoint passes over them for the series of the portion, and goes on with the log behind the
 * record that was its last before the first portion was copied.
 *
 * <p>Used once, by one thread.
 */
final class CheckpointWriter {
  private static final int PORTION_BYTES = 1 << 20;

  /**
   * A sender's events wait while so many of its series are copied: a millisecond, or some where the
   * places of their older chunks are read from files. Larger portions take as long in all, but the
   * events that come meanwhile are then more than what is done between two of them.
   */
  static final int PORTION_SERIES = 512;

  private final Head head;
  private final LabelIndex index;
  private final LogFiles files;
  private final int number;
  private final int attempt;

  private final CheckpointBytes body = new CheckpointBytes();
  private final CheckpointBytes seriesBody = new CheckpointBytes();

  /** The columns of a portion, before its parts are put behind them. */
  private final int[] refs = new int[PORTION_SERIES];

  private final int[] hashes = new int[PORTION_SERIES];
  private final int[] offsets = new int[PORTION_SERIES];
  private final long[] oldest = new long[PORTION_SERIES];
  private final long[] newest = new long[PORTION_SERIES];

  /** The portion of the old checkpoint that was looked at last. */
  private int lastSound = -1;

  private final ChunkFileUses uses = new ChunkFileUses();
  private final RoaringBitmap written = new RoaringBitmap();
  private final List<LabelPair> pairs = new ArrayList<>();
  private final EventRecord scratch = new EventRecord();
  private List<LabelPair> newPairs = new ArrayList<>();
  private final Map<String, Integer> names = new LinkedHashMap<>();

  private long writtenBytes;
  private long highestSequence;
  private long seriesCount;
  private long senderCount;

  /**
   * @param attempt tells this writer's list of pairs from those of all before it
   */
  CheckpointWriter(Head head, LabelIndex index, LogFiles files, int number, int attempt) {
    this.head = head;
    this.index = index;
    this.files = files;
    this.number = number;
    this.attempt = attempt;
  }

  /**
   * Writes the file {@code name} and forces it. What it holds may be ahead of what the log has on
   * disk: it must not count before {@link #highestSequence} is durable.
   *
   * @throws DamagedSeriesException where there is one that would be missing in the checkpoint
   */
  void write(String name, DiskPace pace) throws IOException {
    long base = head.log().lastSequence();
    highestSequence = base;
    try (LogFile file = new LargeLogFile(files.create(name), pace)) {
      file.write(new FileHeader(number, base).encode(CheckpointFrame.KIND), 0);
      writtenBytes = FileHeader.BYTES;
      for (Sender sender : head.allSenders()) {
        write(sender, file);
      }
      writeMetadata(file);
      writePostings(file);
      writeNames(file);
      body.clear();
      uses.write(body);
      frame(file, Kind.CHUNK_FILES, 0);
      body.clear();
      body.unsigned(seriesCount);
      body.unsigned(senderCount);
      body.unsigned(head.nextSeriesRef());
      body.unsigned(head.nextSenderRef());
      body.unsigned(highestSequence);
      body.signed(head.cutMillis());
      frame(file, Kind.END, highestSequence);
      file.force();
    }
  }

  /** The last record of the log that the checkpoint may hold something of. */
  long highestSequence() {
    return highestSequence;
  }

  private void write(Sender sender, LogFile file) throws IOException {
    int from = 0;
    boolean more = true;
    boolean named = false;
    while (more) {
      head.checkAvailable();
      body.clear();
      long sequence;
      int count = 0;
      sender.lock();
      try {
        if (!sender.isInLog) {
          return;
        }
        sender.logKept(); // what it did is in the series already
        sequence = head.log().lastSequence();
        int owned = sender.ownedCount();
        while (from < owned && count < PORTION_SERIES && body.size() < PORTION_BYTES) {
          write(sender.ownedRef(from), count);
          from++;
          count++;
        }
        more = from < owned;
      } finally {
        sender.unlock();
      }
      highestSequence = Math.max(highestSequence, sequence);
      if (!named) {
        named = true;
        writeName(sender, file);
      }
      writePairs(file);
      if (count > 0) {
        seriesCount += count;
        writePortion(sender, count, sequence, file);
      }
    }
    writeRecent(sender, file);
  }

  /** Copies a series as the {@code i}th of a portion. */
  private void write(int ref, int i) throws IOException {
    SeriesDirectory directory = head.directory();
    directory.checkNoted(ref);
    written.add(ref);
    refs[i] = ref;
    offsets[i] = body.size();
    oldest[i] = directory.oldestMillis(ref);
    newest[i] = directory.newestMillis(ref);
    int place = directory.untouchedPlace(ref);
    if (place >= 0) {
      StoredSeries stored = directory.stored();
      checkSound(stored, stored.portionNumber(place));
      hashes[i] = stored.labelsHash(place);
      CheckpointCursor part = stored.part(place);
      writeLabels(stored.readLabels(part));
      SeriesParts.count(part, head.chunkStore(), uses);
      part.copyRest(body);
    } else if (directory.entry(ref) instanceof ParkedSeries parked) {
      LabelPair[] labels = parked.labelPairs();
      hashes[i] = LabelPair.hash(labels);
      writeLabels(labels);
      CheckpointCursor parts = directory.parts(ref, parked);
      SeriesParts.count(parts, head.chunkStore(), uses);
      parts.copyRest(body);
    } else {
      HeadSeries series = head.series(ref);
      hashes[i] = series.labelsHash();
      writeLabels(series.labelPairs());
      series.write(body, scratch, uses);
    }
  }

  /** What turned over on the disk since the head was opened must not get a new checksum. */
  private void checkSound(StoredSeries stored, int number) throws IOException {
    if (number != lastSound) {
      StoredPortion portion = stored.portionWith(number);
      if (!portion.isSound()) {
        throw new IOException(
            "the checkpoint that the head was opened with has been damaged since: series of "
                + portion.sender().id()
                + " cannot be copied");
      }
      lastSound = number;
    }
  }

  private void writeLabels(LabelPair[] labels) {
    body.unsigned(labels.length);
    for (LabelPair pair : labels) {
      int place = pair.placeIn(attempt);
      if (place < 0) {
        place = pairs.size();
        pair.setPlace(attempt, place);
        pairs.add(pair);
        newPairs.add(pair);
      }
      body.unsigned(place);
    }
  }

  private void writePortion(Sender sender, int count, long sequence, LogFile file)
      throws IOException {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, oldest[i]);
      last = Math.max(last, newest[i]);
    }
    int columns = StoredPortion.columnBytes(count);
    seriesBody.clear();
    seriesBody.int32(sender.ref);
    seriesBody.int32(count);
    seriesBody.int64(first);
    seriesBody.int64(last);
    for (int i = 0; i < count; i++) {
      seriesBody.int32(refs[i]);
    }
    for (int i = 0; i < count; i++) {
      seriesBody.int32(hashes[i]);
    }
    for (int i = 0; i < count; i++) {
      seriesBody.int32(columns + offsets[i]);
    }
    seriesBody.int32(columns + body.size());
    for (int i = 0; i < count; i++) {
      seriesBody.int64(oldest[i]);
    }
    for (int i = 0; i < count; i++) {
      seriesBody.int64(newest[i]);
    }
    seriesBody.bytes(body);
    frame(file, Kind.SERIES, sequence, seriesBody);
  }

  /**
   * Which series each pair has, of those that are written: the index may know of others that came
   * meanwhile.
   */
  private void writePostings(LogFile file) throws IOException {
    int from = 0;
    while (from < pairs.size()) {
      head.checkAvailable();
      body.clear();
      body.unsigned(from);
      while (from < pairs.size() && body.size() < PORTION_BYTES) {
        writeNumbers(pairs.get(from).having());
        from++;
      }
      frame(file, Kind.POSTINGS, 0);
    }
  }

  /** Which series each label has, of those that are written, and which are written at all. */
  private void writeNames(LogFile file) throws IOException {
    body.clear();
    for (String name : names.keySet()) {
      writeNumbers(index.having(name));
    }
    writeNumbers(written);
    frame(file, Kind.NAMES, 0);
  }

  private void writeNumbers(RoaringBitmap having) {
    RoaringBitmap numbers = RoaringBitmap.and(having, written);
    numbers.runOptimize();
    body.numbers(numbers);
  }

  /** The pairs that the next portion uses and none before it did. */
  private void writePairs(LogFile file) throws IOException {
    if (newPairs.isEmpty()) {
      return;
    }
    List<LabelPair> some = newPairs;
    newPairs = new ArrayList<>();
    seriesBody.clear();
    seriesBody.unsigned(some.size());
    for (LabelPair pair : some) {
      Integer known = names.get(pair.name());
      seriesBody.unsigned(known == null ? names.size() : known);
      if (known == null) {
        names.put(pair.name(), names.size());
        seriesBody.string(pair.name());
      }
      seriesBody.string(pair.value());
    }
    frame(file, Kind.PAIRS, 0, seriesBody);
  }

  private void writeName(Sender sender, LogFile file) throws IOException {
    senderCount++;
    seriesBody.clear();
    seriesBody.unsigned(sender.ref);
    seriesBody.string(sender.id().service());
    seriesBody.string(sender.id().instance());
    frame(file, Kind.SENDER, 0, seriesBody);
  }

  private void writeRecent(Sender sender, LogFile file) throws IOException {
    body.clear();
    long sequence;
    sender.lock();
    try {
      sequence = head.log().lastSequence();
      body.unsigned(sender.ref);
      sender.writeRecent(body);
    } finally {
      sender.unlock();
    }
    highestSequence = Math.max(highestSequence, sequence);
    frame(file, Kind.RECENT, sequence);
  }

  /** The last word on each metric; the log's later ones are repeated behind it. */
  private void writeMetadata(LogFile file) throws IOException {
    body.clear();
    Map<String, MetricMetadata> all = head.metadata();
    body.unsigned(all.size());
    all.forEach((metric, said) -> {
      body.string(metric);
      body.string(said.type());
      body.string(said.help());
      body.string(said.unit());
    });
    long sequence = head.log().lastSequence();
    highestSequence = Math.max(highestSequence, sequence);
    frame(file, Kind.METADATA, sequence);
  }

  private void frame(LogFile file, Kind kind, long sequence) throws IOException {
    frame(file, kind, sequence, body);
  }

  private void frame(LogFile file, Kind kind, long sequence, CheckpointBytes content)
      throws IOException {
    file.write(CheckpointFrame.encode(kind, sequence, content.content()), writtenBytes);
    file.write(content.content(), writtenBytes + CheckpointFrame.FRAME_BYTES);
    writtenBytes += CheckpointFrame.FRAME_BYTES + content.size();
  }
}
