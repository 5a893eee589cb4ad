package dnd.metrics.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/**
 * What the disk takes by itself for what the log asks of it: small writes at a fixed rate into a
 * file that was filled beforehand, each forced. No acknowledgement can be faster.
 */
final class DiskAlone {
  /** About what the log writes of an event of ten samples. */
  private static final int RECORD_BYTES = 200;

  private static final int WARM_UP_SECONDS = 2;

  private DiskAlone() {}

  /** Times from when a write was due to the end of its force, in nanoseconds. */
  static Histogram measure(Path folder, int perSecond, int seconds) throws IOException {
    Histogram times = new Histogram(60_000_000_000L, 3);
    Path file = Files.createTempFile(Files.createDirectories(folder), "disk", ".alone");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int warmUp = WARM_UP_SECONDS * perSecond;
      int writes = warmUp + seconds * perSecond;
      channel.write(ByteBuffer.allocate(writes * RECORD_BYTES), 0);
      channel.force(true);
      ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
      Pace pace = Pace.fromNow(perSecond);
      for (int i = 0; i < writes; i++) {
        long due = pace.await(i);
        record.clear();
        record.putLong(0, i);
        channel.write(record, (long) i * RECORD_BYTES);
        channel.force(false);
        if (i >= warmUp) {
          times.recordValue(Math.max(1, System.nanoTime() - due));
        }
      }
    } finally {
      Files.delete(file);
    }
    return times;
  }
}
