package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A series that is in blocks, and maybe in the head too. */
final class StoredSeries implements Series {
  private record Part(Blocks blocks, Block block, Series series) {
    SampleReader read(long fromMillis, long toMillis) {
      try {
        SampleReader reader = series.read(fromMillis, toMillis);
        return batch -> {
          try {
            return reader.next(batch);
          } catch (DamagedBlockException e) {
            blocks.setAside(block, e);
            throw e;
          }
        };
      } catch (DamagedBlockException e) {
        blocks.setAside(block, e);
        throw e;
      }
    }
  }

  /** It, its list, and its place in the map in which it was gathered. */
  private static final int OBJECT_BYTES = 128;

  private static final int PART_BYTES = 32;

  private final Labels labels;

  /** By the beginning of their blocks. */
  private final List<Part> parts = new ArrayList<>(2);

  private @Nullable Series recent;

  StoredSeries(Labels labels) {
    this.labels = labels;
  }

  /** Adds what a block has, whose beginning is not before that of those added before. */
  void add(Blocks blocks, Block block, Series series) {
    parts.add(new Part(blocks, block, series));
  }

  void setRecent(Series series) {
    recent = series;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public long selectedBytes() {
    long bytes = OBJECT_BYTES;
    for (Part part : parts) {
      bytes += PART_BYTES + part.series().selectedBytes();
    }
    return bytes;
  }

  /** What is in the head counts where several have a sample of the same time, then newer blocks. */
  @Override
  public SampleReader read(long fromMillis, long toMillis) {
    Series inHead = recent;
    if (inHead == null && areApart()) {
      return new ChainedReader(
          parts.stream().map(part -> part.read(fromMillis, toMillis)).toList());
    }
    List<SampleReader> byRank = new ArrayList<>(parts.size() + 1);
    if (inHead != null) {
      byRank.add(inHead.read(fromMillis, toMillis));
    }
    parts.stream()
        .sorted((a, b) -> b.block().meta().ulid().compareTo(a.block().meta().ulid()))
        .forEach(part -> byRank.add(part.read(fromMillis, toMillis)));
    return byRank.size() == 1 ? byRank.getFirst() : new MergedReader(byRank);
  }

  /** Whether no two blocks have samples of the same time. */
  private boolean areApart() {
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i).block().meta().minMillis() < parts.get(i - 1).block().meta().maxMillis()) {
        return false;
      }
    }
    return true;
  }
}
