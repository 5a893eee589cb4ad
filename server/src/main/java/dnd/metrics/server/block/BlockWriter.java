package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes blocks. A block is written into a folder whose name says that it is not whole, every file
 * and folder is forced, then the folder is renamed: a block is there with all that is in it, or not
 * at all, also after a power cut. What a crash leaves is removed by {@link #removeLeftovers}. Safe
 * for use by several threads.
 */
public final class BlockWriter {

  private final BlockFiles files;
  private final int segmentBytes;
  private final DiskPace pace;

  /** Writes blocks that somebody waits for. */
  public BlockWriter(BlockFiles files) {
    this(files, DiskPace.UNPACED);
  }

  /** Writes blocks beside the log. */
  public BlockWriter(BlockFiles files, DiskPace pace) {
    this(files, BlockLayout.SEGMENT_BYTES, pace);
  }

  /** Writes files of chunks of about that size. */
  BlockWriter(BlockFiles files, int segmentBytes) {
    this(files, segmentBytes, DiskPace.UNPACED);
  }

  private BlockWriter(BlockFiles files, int segmentBytes, DiskPace pace) {
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.pace = pace;
  }

  /**
   * Removes what writers and removers that did not come to their end have left. Call it before
   * anybody writes. What cannot be removed keeps nothing else from it.
   *
   * @param report is told, a line each, of what cannot be removed
   * @return the folders among that, which are to be removed another time
   * @throws IOException where it cannot be looked what there is
   */
  public List<String> removeLeftovers(Consumer<String> report) throws IOException {
    List<String> left = new ArrayList<>();
    boolean found = false;
    for (String name : files.list("")) {
      boolean isLeftover =
          name.endsWith(BlockLayout.TEMPORARY_SUFFIX) || name.endsWith(BlockLayout.DELETED_SUFFIX);
      try {
        if (isLeftover) {
          files.delete(name);
          found = true;
        } else if (Ulid.isUlid(name)) {
          new BlockFolder(files, name).removeLeftovers();
        }
      } catch (IOException e) {
        report.accept(
            "what was left in "
                + files.describe(name)
                + " cannot be removed, it takes room meanwhile: "
                + e);
        if (isLeftover) {
          left.add(name);
        }
      }
    }
    if (found) {
      files.forceFolder("");
    }
    return left;
  }

  /**
   * Writes a block.
   *
   * @param meta its name, range and origin; the statistics are counted
   * @return what was written, once it would survive a power cut; empty where there was no sample,
   *     and nothing is written
   * @throws IOException where it could not be written; what there was of it is removed
   * @throws IllegalArgumentException where the cursor breaks its promise
   */
  public Optional<BlockMeta> write(BlockMeta meta, SeriesCursor series) throws IOException {
    Optional<PreparedBlock> prepared = prepare(meta, series);
    if (prepared.isPresent()) {
      prepared.get().publish();
    }
    return prepared.map(PreparedBlock::meta);
  }

  /**
   * Writes a block that is not there yet: {@link PreparedBlock#publish} is the last step.
   *
   * @return empty where there was no sample, and nothing is written
   * @throws IOException where it could not be written; what there was of it is removed
   * @throws IllegalArgumentException where the cursor breaks its promise
   */
  public Optional<PreparedBlock> prepare(BlockMeta meta, SeriesCursor series) throws IOException {
    String temporary = meta.ulid() + BlockLayout.TEMPORARY_SUFFIX;
    files.delete(temporary);
    try {
      files.createFolder(temporary);
      BlockStats stats = writeContent(temporary, meta, series);
      if (stats.samples() == 0) {
        files.delete(temporary);
        return Optional.empty();
      }
      BlockMeta written = meta.withStats(stats);
      BlockFolder folder = new BlockFolder(files, temporary);
      folder.create(BlockLayout.TOMBSTONES, Tombstones.NONE.encoded());
      folder.create(BlockLayout.META, BlockMetaJson.encoded(written));
      files.forceFolder(temporary);
      return Optional.of(new PreparedBlock(files, temporary, written));
    } catch (IOException | RuntimeException e) {
      remove(temporary, e);
      throw e;
    }
  }

  /** Where the files of a block are read from, by their paths in its folder. */
  @FunctionalInterface
  public interface Source {
    InputStream read(String path) throws IOException;
  }

  /**
   * Copies a block from elsewhere, of which nothing is deleted there: {@link PreparedBlock#publish}
   * is the last step.
   *
   * @param paths of its index and its chunks, in its folder
   * @throws IOException where it could not be copied; what there was of it is removed
   */
  public PreparedBlock copy(BlockMeta meta, Iterable<String> paths, Source source)
      throws IOException {
    String temporary = meta.ulid() + BlockLayout.TEMPORARY_SUFFIX;
    files.delete(temporary);
    try {
      files.createFolder(temporary);
      String chunks = BlockLayout.path(temporary, BlockLayout.CHUNKS);
      files.createFolder(chunks);
      byte[] bytes = new byte[1 << 16];
      for (String path : paths) {
        try (InputStream in = source.read(path);
            FileOutput out =
                new FileOutput(files.create(BlockLayout.path(temporary, path)), pace)) {
          for (int n; (n = in.read(bytes)) >= 0; ) {
            out.write(bytes, 0, n);
          }
          out.force();
        }
      }
      files.forceFolder(chunks);
      BlockFolder folder = new BlockFolder(files, temporary);
      BlockMeta whole = meta.withTombstones(0);
      folder.create(BlockLayout.TOMBSTONES, Tombstones.NONE.encoded());
      folder.create(BlockLayout.META, BlockMetaJson.encoded(whole));
      files.forceFolder(temporary);
      return new PreparedBlock(files, temporary, whole);
    } catch (IOException | RuntimeException e) {
      remove(temporary, e);
      throw e;
    }
  }

  /** What cannot be removed now is removed at the next start; why nothing was written is told. */
  private void remove(String folder, Exception reason) {
    try {
      files.delete(folder);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private BlockStats writeContent(String folder, BlockMeta meta, SeriesCursor series)
      throws IOException {
    String chunkFolder = BlockLayout.path(folder, BlockLayout.CHUNKS);
    files.createFolder(chunkFolder);
    long[] samples = new long[2]; // of floats, of histograms
    long seriesCount = 0;
    long chunkCount = 0;
    try (ChunkSegmentWriter chunks =
            new ChunkSegmentWriter(files, chunkFolder, segmentBytes, pace);
        IndexWriter index = new IndexWriter(files, folder, pace)) {
      ChunkTable table = new ChunkTable();
      Labels before = null;
      while (series.next()) {
        Labels labels = checked(series.labels(), before);
        before = labels;
        table.clear();
        for (EncodedChunk chunk; (chunk = series.nextChunk()) != null; ) {
          check(chunk, labels, table, meta);
          table.add(chunk.firstMillis(), chunk.lastMillis(), chunks.write(chunk));
          samples[chunk.holdsFloats() ? 0 : 1] += chunk.size();
        }
        if (table.size() > 0) {
          index.add(labels, table);
          seriesCount++;
          chunkCount += table.size();
        }
      }
      if (seriesCount == 0) {
        return BlockStats.NONE;
      }
      chunks.finish();
      files.forceFolder(chunkFolder);
      index.finish();
    }
    return new BlockStats(
        samples[0] + samples[1], samples[0], samples[1], seriesCount, chunkCount, 0);
  }

  private static Labels checked(Labels labels, @Nullable Labels before) {
    if (before != null && before.compareTo(labels) >= 0) {
      throw new IllegalArgumentException("series " + labels + " comes after " + before);
    }
    return labels;
  }

  private static void check(EncodedChunk chunk, Labels labels, ChunkTable before, BlockMeta meta) {
    if (chunk.firstMillis() < meta.minMillis() || chunk.lastMillis() >= meta.maxMillis()) {
      throw new IllegalArgumentException(
          "series %s has a chunk from %d to %d, outside of the block from %d to before %d"
              .formatted(
                  labels,
                  chunk.firstMillis(),
                  chunk.lastMillis(),
                  meta.minMillis(),
                  meta.maxMillis()));
    }
    if (before.size() > 0 && chunk.firstMillis() <= before.lastMillis()) {
      throw new IllegalArgumentException(
          "series %s has a chunk from %d that begins before the one before it ends, at %d"
              .formatted(labels, chunk.firstMillis(), before.lastMillis()));
    }
    if (chunk.size() == 0) {
      throw new IllegalArgumentException("series " + labels + " has an empty chunk");
    }
  }
}
