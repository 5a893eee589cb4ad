package dnd.metrics.server.wal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Reads a log from its beginning to its end, whatever state it was left in. A torn tail is cut,
 * from the first hole of an {@linkplain UnfinishedWrite unfinished write} on. Damage in the middle
 * is passed over: reading goes on at the next record whose checksum is right, and the numbers of
 * the records tell which are lost. But where these come again in the next file, since a write
 * failed and was done again there, reading goes on with that file. Damaged files stay as they are.
 * For one thread.
 */
public final class LogReplay {
  /** In place of the number of the last record: whatever comes first is the first. */
  private static final long UNKNOWN = -1;

  /** In place of a number of a record: there are no records. */
  private static final long NONE = Long.MAX_VALUE;

  private final LogFiles files;
  private final Consumer<LogDamage> damages;
  private final LongConsumer bytesDone;
  private final CRC32C crc = new CRC32C();
  private long lastSequence;

  /** The files behind the one that is read, and what they begin with once that was looked up. */
  private List<String> behind = List.of();

  private long firstBehind = UNKNOWN;

  /** The record that is handed over. */
  private byte[] body = new byte[1 << 16];

  /**
   * @param damages is told of each damage as it is found
   * @param bytesDone is told now and then how many bytes have been read since the beginning
   */
  public LogReplay(LogFiles files, Consumer<LogDamage> damages, LongConsumer bytesDone) {
    this.files = files;
    this.damages = damages;
    this.bytesDone = bytesDone;
  }

  /** How many bytes {@link #run} has before it. */
  public long totalBytes(long firstSequence) throws IOException {
    List<String> names = Segment.FILES.in(files);
    return bytes(names.subList(LogFront.firstWith(files, names, firstSequence), names.size()));
  }

  private long bytes(List<String> names) throws IOException {
    long total = 0;
    for (String name : names) {
      total += LogFront.size(files, name);
    }
    return total;
  }

  /**
   * Hands over all records from number {@code firstSequence} on. Files that can hold none of them
   * are not read.
   *
   * @return where to go on writing
   * @throws IOException where a file cannot be read, or is of a version that this program does not
   *     know
   */
  public LogEnd run(long firstSequence, RecordConsumer consumer) throws IOException {
    lastSequence = firstSequence - 1;
    List<String> names = Segment.FILES.in(files);
    return run(names, LogFront.firstWith(files, names, firstSequence), consumer);
  }

  /**
   * Hands over all records of a log whose oldest files may have been removed (see {@link
   * LogFront}): from the number on that the oldest file left says it begins with.
   *
   * @return where to go on writing
   * @throws IOException as {@link #run} does
   */
  public LogEnd runFromOldest(RecordConsumer consumer) throws IOException {
    lastSequence = UNKNOWN;
    LogEnd end = run(Segment.FILES.in(files), 0, consumer);
    return lastSequence == UNKNOWN
        ? new LogEnd(0, end.lastSegment(), end.segments(), end.bytes())
        : end;
  }

  private LogEnd run(List<String> names, int first, RecordConsumer consumer) throws IOException {
    files.delete(SegmentPreparer.PREPARED);
    RemovedFiles.removeLeftovers(files);
    long total = bytes(names.subList(0, first));
    long done = 0;
    for (int i = first; i < names.size(); i++) {
      String name = names.get(i);
      behind = names.subList(i + 1, names.size());
      firstBehind = UNKNOWN;
      ByteBuffer in = read(name);
      int end = replay(name, in, done, consumer);
      total += end;
      done += in.limit();
      bytesDone.accept(done);
    }
    int last = names.isEmpty() ? 0 : Segment.FILES.numberOf(names.getLast());
    return new LogEnd(lastSequence, last, names.size(), total);
  }

  /** The file as it is mapped: files of zeros, which wait for records, cost no memory. */
  private ByteBuffer read(String name) throws IOException {
    try (LogFile file = files.open(name)) {
      MemorySegment content = file.map();
      if (content.byteSize() > Integer.MAX_VALUE - 16) {
        throw new IOException(files.describe(name) + " is larger than any file of a log");
      }
      return content.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Returns where the file's sound part ends. */
  private int replay(String name, ByteBuffer in, long doneBefore, RecordConsumer consumer)
      throws IOException {
    int at = 0;
    FileHeader header = Segment.headerOf(in);
    if (header != null) {
      at = FileHeader.BYTES;
      if (lastSequence == UNKNOWN) {
        lastSequence = header.sequence() - 1;
      }
    } else if (Segment.KIND.versionIn(in) > Segment.KIND.version()) {
      throw new IOException(
          String.format(
              "%s is of log format %d, which this program does not know",
              files.describe(name), Segment.KIND.versionIn(in)));
    }
    int reported = at;
    boolean onlyZerosLeft = false;
    while (at < in.limit()) {
      int length = Segment.soundRecordAt(in, at, crc);
      if (length > 0) {
        deliver(name, in, at, length, consumer);
        at += length;
        if (at - reported > 1 << 22) {
          reported = at;
          bytesDone.accept(doneBefore + at);
        }
        continue;
      }
      onlyZerosLeft = isZeroFrom(in, at);
      int next = onlyZerosLeft ? -1 : Segment.nextSoundRecord(in, at + 1, crc);
      if (next < 0 || isUnfinished(in, at, next)) {
        break;
      }
      if (Segment.sequenceAt(in, next) >= firstBehind()) {
        report(name, at, next - at);
        return at; // all that is behind comes again
      }
      damages.accept(new LogDamage.Unreadable(files.describe(name), at, next - at));
      at = next;
    }
    int end = onlyZerosLeft ? at : endOfContent(in, at);
    if (end > at) {
      if (firstBehind() == NONE) {
        cut(name, in.slice(at, end - at), at);
      } else {
        report(name, at, end - at);
      }
    } else if (behind.isEmpty()) {
      truncate(name, at); // behind it are only zeros, which wait for records that never came
    }
    return at;
  }

  /**
   * Whether a hole in the log's last write begins at {@code at}. What is behind it matters only
   * where it goes on behind records that nobody knows.
   */
  private boolean isUnfinished(ByteBuffer in, int at, int next) throws IOException {
    return Segment.sequenceAt(in, next) > lastSequence + 1
        && firstBehind() == NONE
        && UnfinishedWrite.hasHole(in, at, next, crc);
  }

  /**
   * The number that the files behind this one go on with; {@link #NONE} where they have nothing.
   */
  private long firstBehind() throws IOException {
    if (firstBehind == UNKNOWN) {
      firstBehind = NONE;
      for (int i = 0; i < behind.size() && firstBehind == NONE; i++) {
        firstBehind = firstSequence(read(behind.get(i)));
      }
    }
    return firstBehind;
  }

  private long firstSequence(ByteBuffer in) {
    FileHeader header = Segment.headerOf(in);
    if (header != null) {
      return header.sequence();
    }
    int first = Segment.nextSoundRecord(in, 0, crc);
    boolean isNothing = first < 0 || UnfinishedWrite.hasHole(in, 0, first, crc);
    return isNothing ? NONE : Segment.sequenceAt(in, first);
  }

  /** Bytes that cannot be read are what a failed write left where the next file has it all. */
  private void report(String name, int at, int bytes) throws IOException {
    if (lastSequence == UNKNOWN || firstBehind() > lastSequence + 1) {
      damages.accept(new LogDamage.Unreadable(files.describe(name), at, bytes));
    }
  }

  private void deliver(String name, ByteBuffer in, int at, int length, RecordConsumer consumer) {
    long sequence = Segment.sequenceAt(in, at);
    if (sequence <= lastSequence) {
      return; // written again into a later file after a failed force
    }
    if (sequence > lastSequence + 1 && lastSequence != UNKNOWN) {
      damages.accept(new LogDamage.Missing(files.describe(name), lastSequence + 1, sequence - 1));
    }
    lastSequence = sequence;
    int bytes = length - Segment.FRAME_BYTES;
    if (body.length < bytes) {
      body = new byte[Math.max(bytes, 2 * body.length)];
    }
    in.get(at + Segment.FRAME_BYTES, body, 0, bytes);
    consumer.record(sequence, body, 0, bytes);
  }

  /** Where the zeros begin that were written ahead of the records; not before {@code from}. */
  private static int endOfContent(ByteBuffer in, int from) {
    int end = in.limit();
    while (end - Long.BYTES >= from && in.getLong(end - Long.BYTES) == 0) {
      end -= Long.BYTES;
    }
    while (end > from && in.get(end - 1) == 0) {
      end--;
    }
    return end;
  }

  /** Whether there are zeros, and nothing else to the end. */
  private static boolean isZeroFrom(ByteBuffer in, int from) {
    return in.get(from) == 0 && isTheSameThroughout(in, from);
  }

  private static boolean isTheSameThroughout(ByteBuffer in, int from) {
    int length = in.limit() - from - 1;
    return in.slice(from, length).mismatch(in.slice(from + 1, length)) < 0;
  }

  /** Forces what is left, too: a process that was killed may not have come to that. */
  private void truncate(String name, int size) throws IOException {
    try (LogFile file = files.open(name)) {
      file.truncate(size);
      file.force();
    }
  }

  private void cut(String name, ByteBuffer torn, int at) throws IOException {
    int length = torn.remaining();
    String kept = name.substring(0, name.indexOf('.')) + ".torn";
    try (LogFile copy = files.create(kept)) {
      copy.write(torn, 0);
      copy.force();
    }
    truncate(name, at);
    files.forceDirectory();
    damages.accept(new LogDamage.TornTail(files.describe(name), at, length, files.describe(kept)));
  }
}
