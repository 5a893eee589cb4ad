package dnd.metrics.server.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log's files one after the other. A file is filled with zeros beforehand, since forcing
 * bytes into a file that need not grow takes half the time (the file system's own journal is left
 * out); the first after a start is small, and each following one twice as large, so that an idle
 * service takes little room.
 *
 * <p>What is behind {@link #durableBytes} may or may not be on the disk. After a failure the file
 * is given up: a device that failed once may claim later that all is well, so what was not yet
 * forced is written again, into a new file. Readers know such doubles by their sequence numbers,
 * and go on with the new file where the old one has holes.
 *
 * <p>For one thread.
 */
final class SegmentWriter {
  private static final long FIRST_ALLOCATION_BYTES = 1L << 20;

  private final LogFiles files;
  private final long segmentBytes;
  private final SegmentPreparer preparer;
  private int number;
  private long nextAllocationBytes;
  private @Nullable LogFile current;
  private long writtenBytes;
  private long durableBytes;
  private long allocatedBytes;

  /**
   * @param number of the last file that exists; 0 for none
   */
  SegmentWriter(LogFiles files, int number, long segmentBytes) {
    this.files = files;
    this.number = number;
    this.segmentBytes = segmentBytes;
    this.nextAllocationBytes = Math.min(FIRST_ALLOCATION_BYTES, segmentBytes);
    this.preparer = new SegmentPreparer(files);
  }

  /**
   * Writes whole records, of which the first is marked, and forces them; begins a new file before
   * them where the current one is full.
   *
   * @param firstSequence the first record's number
   * @return how many bytes the log grew by
   * @throws IOException where anything fails: the same bytes must then be given again, as they must
   *     after any other exception or error
   */
  long write(ByteBuffer records, long firstSequence) throws IOException {
    try {
      long headerBytes = 0;
      LogFile file = current;
      if (file == null || isFull(records.remaining())) {
        file = begin(firstSequence);
        headerBytes = FileHeader.BYTES;
      }
      int length = records.remaining();
      file.write(records, writtenBytes);
      writtenBytes += length;
      file.force();
      durableBytes = writtenBytes;
      prepareNext();
      return headerBytes + length;
    } catch (IOException | RuntimeException | Error e) {
      giveUp();
      throw e;
    }
  }

  int number() {
    return number;
  }

  private boolean isFull(int more) {
    if (durableBytes <= FileHeader.BYTES) {
      return false;
    }
    return writtenBytes >= segmentBytes
        || (writtenBytes + more > allocatedBytes && preparer.isReady());
  }

  private LogFile begin(long firstSequence) throws IOException {
    finish();
    String name = Segment.FILES.name(number + 1);
    long allocated = preparer.take(name);
    LogFile file;
    if (allocated > 0) {
      file = files.open(name);
    } else {
      file = files.create(name);
      allocated = Math.min(FIRST_ALLOCATION_BYTES, segmentBytes);
      if (!filled(file, allocated)) {
        allocated = 0;
      }
    }
    number++;
    current = file;
    allocatedBytes = allocated;
    writtenBytes = 0;
    durableBytes = 0;
    file.write(new FileHeader(number, firstSequence).encode(Segment.KIND), 0);
    writtenBytes = FileHeader.BYTES;
    files.forceDirectory();
    return file;
  }

  /** Zeros are a help, not a need: what room there is may be enough for the records. */
  private static boolean filled(LogFile file, long bytes) throws IOException {
    try {
      return SegmentPreparer.fillWithZeros(file, bytes, () -> false);
    } catch (IOException e) {
      file.truncate(0);
      return false;
    }
  }

  private void prepareNext() {
    if (writtenBytes > allocatedBytes / 2 && writtenBytes < segmentBytes) {
      nextAllocationBytes =
          Math.min(segmentBytes, Math.max(nextAllocationBytes, 2 * allocatedBytes));
      preparer.prepare(nextAllocationBytes);
      if (writtenBytes > allocatedBytes / 4 * 3) {
        preparer.hurry();
      }
    }
  }

  /** Cuts off the zeros and closes the file. */
  private void finish() throws IOException {
    LogFile file = current;
    if (file != null) {
      current = null;
      try (file) {
        if (writtenBytes < allocatedBytes) {
          file.truncate(writtenBytes);
        }
      }
    }
  }

  /** Leaves the current file as it is known to be on disk, as far as the disk still obeys. */
  private void giveUp() {
    LogFile file = current;
    if (file != null) {
      current = null;
      try (file) {
        file.truncate(durableBytes);
        if (durableBytes == 0) {
          files.delete(Segment.FILES.name(number));
          number--;
        }
      } catch (IOException | RuntimeException | Error e) {
        // What is left behind durableBytes is written again elsewhere, under the same numbers.
      }
    }
  }

  void close() throws IOException {
    preparer.close();
    finish();
  }
}
