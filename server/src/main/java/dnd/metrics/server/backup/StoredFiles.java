package dnd.metrics.server.backup;

import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.DownsampledBlocks;
import dnd.metrics.server.storage.FarBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is in a data folder beside the log and the tables: blocks, downsampled ones, and the file
 * that says how long samples are kept.
 *
 * @param folder the data folder
 * @param far what is in an object store only; empty without one
 */
public record StoredFiles(
    Path folder, Blocks blocks, DownsampledBlocks downsampled, Optional<Supplier<FarBlocks>> far) {
  static final String BLOCKS = "blocks";
  static final String DOWNSAMPLED = "downsampled";
  static final String RETENTION = "retention.yaml";

  /** Blocks that are gone and may still be in an object store. */
  private static final String REMOVED = "removed";

  /**
   * Copies it all.
   *
   * @param pace of the blocks
   * @return how many blocks there are in each folder of them
   */
  Map<String, Integer> copy(Path to, DiskPace pace) throws IOException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put(BLOCKS, copyBlocks(BLOCKS, blocks::ulids, to, pace));
    for (Map.Entry<String, Supplier<List<Ulid>>> each : downsampled.folders().entrySet()) {
      String path = DOWNSAMPLED + "/" + each.getKey();
      counts.put(path, copyBlocks(path, each.getValue(), to, pace));
    }
    copyIfThere(RETENTION, to);
    return counts;
  }

  private int copyBlocks(String path, Supplier<List<Ulid>> current, Path to, DiskPace pace)
      throws IOException {
    int count = BlockCopy.run(folder.resolve(path), current, to.resolve(path), pace);
    Path removed = folder.resolve(path).resolve(REMOVED);
    if (Files.isDirectory(removed)) {
      Path target = Files.createDirectories(to.resolve(path).resolve(REMOVED));
      try (Stream<Path> files = Files.list(removed)) {
        for (Path file : files.toList()) {
          String name = String.valueOf(file.getFileName());
          if (Ulid.isUlid(name)) {
            BlockCopy.copyIfThere(file, target.resolve(name));
          }
        }
      }
    }
    return count;
  }

  private void copyIfThere(String name, Path to) throws IOException {
    BlockCopy.copyIfThere(folder.resolve(name), to.resolve(name));
  }

  /** Puts what a backup has of it into a data folder. */
  static void restore(Path backup, Path data) throws IOException {
    for (String each : List.of(BLOCKS, DOWNSAMPLED)) {
      if (Files.isDirectory(backup.resolve(each))) { // earlier backups have none
        BlockCopy.copy(backup.resolve(each), data.resolve(each), DiskPace.UNPACED);
      }
    }
    BlockCopy.copyIfThere(backup.resolve(RETENTION), data.resolve(RETENTION));
  }
}
