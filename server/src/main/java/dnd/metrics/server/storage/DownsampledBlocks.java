package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Downsampling;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The blocks that hold aggregates of the samples of others: a folder of blocks for each aggregate
 * of each length of windows. They are blocks like others, with the same series; each names the one
 * it was made of as its parent. Safe for use by several threads.
 */
public final class DownsampledBlocks implements Closeable {
  private final DownsamplingTimes times;
  private final Map<Downsampling, Blocks> blocks;

  private DownsampledBlocks(DownsamplingTimes times, Map<Downsampling, Blocks> blocks) {
    this.times = times;
    this.blocks = blocks;
  }

  public static DownsampledBlocks none() {
    return new DownsampledBlocks(DownsamplingTimes.NONE, Map.of());
  }

  /** Where the folders of blocks are. */
  @FunctionalInterface
  public interface Folders {
    /** The folder of that name, which is made where it does not exist. */
    BlockFiles open(String name) throws IOException;
  }

  /**
   * Opens those of the lengths that are wanted.
   *
   * @param folders of names such as {@code 5m-count}
   * @param report is told of each block that cannot be read; the others are served
   */
  public static DownsampledBlocks open(
      DownsamplingTimes times, Folders folders, Consumer<String> report) throws IOException {
    Map<Downsampling, Blocks> opened = new LinkedHashMap<>();
    try {
      for (long resolution : times.resolutionsMillis()) {
        for (Aggregate aggregate : Aggregate.values()) {
          Downsampling kind = new Downsampling(aggregate, resolution);
          BlockFiles files = folders.open(kind.toString());
          opened.put(kind, Blocks.open(files, report));
        }
      }
    } catch (IOException e) {
      opened.values().forEach(Blocks::close);
      throw e;
    }
    return new DownsampledBlocks(times, opened);
  }

  DownsamplingTimes times() {
    return times;
  }

  Map<Downsampling, Blocks> all() {
    return blocks;
  }

  /** What is read now, held for the caller, who releases it. */
  DownsampledSnapshot hold() {
    Map<Downsampling, BlocksOfKind> held = new LinkedHashMap<>();
    blocks.forEach((kind, of) -> held.put(kind, new BlocksOfKind(of, of.hold())));
    return new DownsampledSnapshot(held);
  }

  /** Deletes every window in which there is a deleted sample. */
  void delete(Deletion deletion) throws IOException {
    for (Map.Entry<Downsampling, Blocks> each : blocks.entrySet()) {
      each.getValue().delete(widened(deletion, each.getKey().resolutionMillis()), nothing -> {});
    }
  }

  private static Deletion widened(Deletion deletion, long resolution) {
    long from = deletion.fromMillis();
    long to = deletion.toMillis();
    return new Deletion(
        deletion.selectors(),
        from < Long.MIN_VALUE + 2 * resolution
            ? from
            : Math.floorDiv(from - 1, resolution) * resolution + 1,
        to > Long.MAX_VALUE - 2 * resolution ? to : Math.ceilDiv(to, resolution) * resolution);
  }

  /** The names of those that are read now, by the folder that they are in. */
  public Map<String, Supplier<List<Ulid>>> folders() {
    Map<String, Supplier<List<Ulid>>> all = new LinkedHashMap<>();
    blocks.forEach((kind, of) -> all.put(kind.toString(), of::ulids));
    return all;
  }

  /** The names of all that are read now. */
  public List<Ulid> ulids() {
    List<Ulid> all = new ArrayList<>();
    blocks.values().forEach(each -> all.addAll(each.ulids()));
    return all;
  }

  @Override
  public void close() {
    blocks.values().forEach(Blocks::close);
  }
}
