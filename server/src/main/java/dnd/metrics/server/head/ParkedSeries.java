package dnd.metrics.server.head;

import dnd.metrics.server.index.LabelPair;
import dnd.metrics.server.model.Labels;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A series that gets no samples any more, in the hours until it leaves the head: its labels and its
 * times, and all else among the finished chunks ({@link ChunkStore}), as a checkpoint would have
 * it. Who writes it makes it anew, and it is parked no more; who reads it makes one to read from.
 *
 * <p>What stands among the chunks is memory that the kernel may take back and nothing else: no
 * checkpoint speaks of it, and a start does not look for it. Immutable, and safe for use by several
 * threads.
 */
final class ParkedSeries implements DirectoryEntry {
  /** Stands among chunks where they have their encoding. */
  static final int ENCODING = 0xff;

  private final @Nullable LabelPair firstLabel;
  private final LabelPair[] otherLabels;
  private final Sender sender;
  private final long oldestMillis;
  private final long newestMillis;
  private final ChunkFile file;
  private final int offset;
  private final int checksum;

  /** Whether something was deleted from it that it has still, since it could not be read. */
  private volatile boolean overtaken;

  /**
   * Parks a series, whose sender's lock is held.
   *
   * @param parts what {@link HeadSeries#write} wrote of it
   */
  ParkedSeries(
      @Nullable LabelPair firstLabel, LabelPair[] otherLabels, HeadSeries series, byte[] parts) {
    this.firstLabel = firstLabel;
    this.otherLabels = otherLabels;
    this.sender = series.sender;
    this.oldestMillis = series.oldestMillis();
    this.newestMillis = series.newestMillis();
    this.checksum = ChunkFilePages.checksum(ByteBuffer.wrap(parts));
    ChunkPlace place = sender.head.chunkStore().add(0, 0, ENCODING, parts);
    this.file = place.file();
    this.offset = place.offset();
  }

  @Override
  public Labels labels() {
    LabelPair first = firstLabel;
    return first == null ? Labels.empty() : LabelPair.labels(first, otherLabels);
  }

  /** A new array of all labels, sorted by name. */
  LabelPair[] labelPairs() {
    LabelPair first = firstLabel;
    return first == null ? otherLabels : LabelPair.pairs(first, otherLabels);
  }

  @Override
  public String label(String name) {
    LabelPair first = firstLabel;
    return first == null ? "" : LabelPair.value(first, otherLabels, name);
  }

  @Override
  public long oldestMillis() {
    return oldestMillis;
  }

  @Override
  public long newestMillis() {
    return newestMillis;
  }

  /**
   * What {@link HeadSeries#write} wrote. Where it turned over on the disk since then, its file is
   * mended first.
   *
   * @throws DamagedSeriesException where more is damaged than can be mended
   */
  CheckpointCursor parts() {
    byte[] parts = overtaken ? null : sender.head.chunkStore().soundBytes(file, offset, checksum);
    if (parts == null) {
      throw new DamagedSeriesException(
          String.format(
              "%s is damaged at byte %d, beyond what its parity makes good: what the series %s had"
                  + " is there, and comes back with the next start of the service",
              sender.head.chunkStore().describe(file), offset, labels()));
    }
    return new CheckpointCursor(parts, 0, parts.length);
  }

  /**
   * The series with that number, as it was when it was parked.
   *
   * @param parts what {@link #parts} returned
   */
  HeadSeries make(int ref, CheckpointCursor parts) {
    HeadSeries series = new HeadSeries(firstLabel, otherLabels, sender, ref);
    series.read(parts, new SeriesParts());
    return series;
  }

  /**
   * Something is deleted from it that could not be read: it must not be read any more, also where
   * it could be.
   */
  void overtake() {
    overtaken = true;
  }

  /** The series for who does not read it; who does hears then that it is damaged. */
  HeadSeries withoutParts(int ref) {
    HeadSeries series = new HeadSeries(firstLabel, otherLabels, sender, ref);
    series.beParked(oldestMillis, newestMillis);
    return series;
  }

  /** Whether it has these labels. */
  boolean hasLabels(Labels labels) {
    return labels().equals(labels);
  }

  /** It is parked no more: its place among the chunks is not needed. */
  void release() {
    file.release();
  }
}
