package dnd.metrics.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A block as its {@code meta.json} describes it; the end of its time is not included.
 *
 * @param bytes of its index and chunks
 */
record BlockOnDisk(String ulid, long minMillis, long maxMillis, long samples, long bytes) {
  /** A ULID: what is being written, or removed, has something behind it. */
  private static final String NAME = "[0-9A-Z]".repeat(26);

  /** Those in a folder of blocks, by their beginning; one that is removed meanwhile may miss. */
  static List<BlockOnDisk> in(Path folder) throws IOException {
    List<BlockOnDisk> blocks = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return blocks;
    }
    try (DirectoryStream<Path> each = Files.newDirectoryStream(folder, NAME)) {
      for (Path block : each) {
        read(block).ifPresent(blocks::add);
      }
    }
    blocks.sort(Comparator.comparingLong(BlockOnDisk::minMillis));
    return blocks;
  }

  /** Nothing of one that went, or that is still being written. */
  private static Optional<BlockOnDisk> read(Path block) throws IOException {
    byte[] text;
    long bytes;
    try {
      text = Files.readAllBytes(block.resolve("meta.json"));
      bytes = Files.size(block.resolve("index"));
      try (DirectoryStream<Path> chunks = Files.newDirectoryStream(block.resolve("chunks"))) {
        for (Path file : chunks) {
          bytes += Files.size(file);
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonNode meta = JsonMapper.shared().readTree(text);
    return Optional.of(
        new BlockOnDisk(
            meta.get("ulid").stringValue(),
            meta.get("minTime").longValue(),
            meta.get("maxTime").longValue(),
            meta.get("stats").get("numSamples").longValue(),
            bytes));
  }

  boolean holds(long fromMillis, long toMillis) {
    return minMillis <= fromMillis && toMillis <= maxMillis;
  }
}
