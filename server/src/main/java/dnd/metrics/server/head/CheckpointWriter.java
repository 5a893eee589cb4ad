package dnd.metrics.server.head;

import dnd.metrics.server.head.CheckpointFrame.Kind;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.EventRecord;
import dnd.metrics.server.wal.LogFile;
import dnd.metrics.server.wal.LogFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private static final int PORTION_SERIES = 4096;

  /** Forced so often, so that the log's own forces never wait for all of it. */
  private static final int FORCE_BYTES = 8 << 20;

  private final Head head;
  private final LabelIndex index;
  private final LogFiles files;
  private final int number;
  private final int attempt;

  private final CheckpointBytes body = new CheckpointBytes();
  private final CheckpointBytes seriesBody = new CheckpointBytes();
  private final EventRecord scratch = new EventRecord();
  private List<LabelPair> newPairs = new ArrayList<>();
  private final Map<String, Integer> names = new LinkedHashMap<>();
  private int pairs;

  private long writtenBytes;
  private long forcedBytes;
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
   * @return the last record of the log of which nothing is needed with this checkpoint
   */
  long write(String name) throws IOException {
    long base = head.log().lastSequence();
    highestSequence = base;
    try (LogFile file = files.create(name)) {
      file.write(CheckpointFrame.encode(new CheckpointFrame.Header(number, base)), 0);
      writtenBytes = CheckpointFrame.HEADER_BYTES;
      for (Sender sender : head.allSenders()) {
        write(sender, file);
      }
      writeMetadata(file);
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
    return base;
  }

  /** The last record of the log that the checkpoint may hold something of. */
  long highestSequence() {
    return highestSequence;
  }

  long bytes() {
    return writtenBytes;
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
        sequence = head.log().lastSequence();
        int owned = sender.ownedCount();
        body.unsigned(sender.ref);
        while (from < owned && count < PORTION_SERIES && body.size() < PORTION_BYTES) {
          write(sender.owned(from));
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
        frame(file, Kind.SERIES, sequence);
      }
    }
    writeRecent(sender, file);
  }

  private void write(HeadSeries series) {
    body.unsigned(series.ref);
    Labels labels = series.labels();
    int size = labels.size();
    body.unsigned(size);
    for (int i = 0; i < size; i++) {
      LabelPair pair = index.known(labels.name(i), labels.value(i));
      int place = pair.placeIn(attempt);
      if (place < 0) {
        place = pairs++;
        pair.setPlace(attempt, place);
        newPairs.add(pair);
      }
      body.unsigned(place);
    }
    seriesBody.clear();
    series.write(seriesBody, scratch);
    body.block(seriesBody);
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
    if (writtenBytes - forcedBytes >= FORCE_BYTES) {
      file.force();
      forcedBytes = writtenBytes;
    }
  }
}
