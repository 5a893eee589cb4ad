package dnd.metrics.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The raw blocks that lie on the disk in the end of a day, by their beginning.
 *
 * @param local in the service's folder
 * @param stored in its object store
 */
record DayBlocks(List<BlockOnDisk> local, List<BlockOnDisk> stored) {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** The service looks what is to be done every ten and every fifteen seconds. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(35);

  DayBlocks {
    local = List.copyOf(local);
    stored = List.copyOf(stored);
  }

  static DayBlocks in(Path local, Path objects) throws IOException {
    return new DayBlocks(BlockOnDisk.in(local), BlockOnDisk.in(objects));
  }

  /** Waits until blocks neither come nor go any more; returns them. */
  static DayBlocks awaitRest(Path local, Path objects) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    DayBlocks before = in(local, objects);
    long since = System.nanoTime();
    while (System.nanoTime() - since < REST_NANOS) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the blocks did not come to rest: " + before);
      }
      TimeUnit.MILLISECONDS.sleep(500);
      DayBlocks now = in(local, objects);
      if (!now.equals(before)) {
        before = now;
        since = System.nanoTime();
      }
    }
    return before;
  }

  /** Each once, wherever it is. */
  List<BlockOnDisk> all() {
    return Stream.concat(local.stream(), storedOnly().stream())
        .sorted(Comparator.comparingLong(BlockOnDisk::minMillis))
        .toList();
  }

  List<BlockOnDisk> storedOnly() {
    return stored.stream().filter(block -> !local.contains(block)).toList();
  }

  static long bytes(List<BlockOnDisk> blocks) {
    return blocks.stream().mapToLong(BlockOnDisk::bytes).sum();
  }

  /** Before that nothing is left but what blocks of aggregates say; the greatest long for none. */
  long oldestMillis() {
    return all().stream().mapToLong(BlockOnDisk::minMillis).min().orElse(Long.MAX_VALUE);
  }
}
