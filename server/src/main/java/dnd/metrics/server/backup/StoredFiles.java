package dnd.metrics.server.backup;

import dnd.metrics.server.block.BlockFiles;
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

  /**
   * What is said of an object store in a folder of blocks, a file each: which blocks are gone, and
   * what was deleted of some.
   */
  private static final List<String> OF_STORE = List.of("removed", "owed");

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
    for (String each : OF_STORE) {
      copyFiles(folder.resolve(path).resolve(each), to.resolve(path).resolve(each));
    }
    return count;
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(BlockFiles.PARTIAL_SUFFIX)) {
          BlockCopy.copyIfThere(file, to.resolve(name));
        }
      }
    }
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
