package dnd.metrics.server.storage;

import dnd.metrics.server.chunk.ChunkEncoder;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.SampleReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A chunk of a series, and the rank of the block that it is from: the lowest counts. */
record RankedChunk(EncodedChunk chunk, int rank) {
  /**
   * Puts chunks of one series, which may overlap, in order of time, so that none do: where they do,
   * their samples are merged and encoded anew; others stay as they are.
   */
  static void merge(List<RankedChunk> chunks, Collection<EncodedChunk> into) {
    List<RankedChunk> sorted = new ArrayList<>(chunks);
    sorted.sort(
        Comparator.comparingLong((RankedChunk each) -> each.chunk().firstMillis())
            .thenComparingInt(RankedChunk::rank));
    List<RankedChunk> group = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (RankedChunk each : sorted) {
      if (!group.isEmpty() && each.chunk().firstMillis() > end) {
        mergeGroup(group, into);
        group.clear();
      }
      group.add(each);
      end = Math.max(end, each.chunk().lastMillis());
    }
    mergeGroup(group, into);
  }

  private static void mergeGroup(List<RankedChunk> group, Collection<EncodedChunk> into) {
    if (group.size() < 2) {
      group.forEach(each -> into.add(each.chunk()));
      return;
    }
    Map<Integer, List<EncodedChunk>> byRank = new TreeMap<>();
    for (RankedChunk each : group) {
      byRank.computeIfAbsent(each.rank(), rank -> new ArrayList<>()).add(each.chunk());
    }
    ChunkEncoder anew =
        new ChunkEncoder(
            new MergedReader(byRank.values().stream().map(RankedChunk::reader).toList()));
    for (EncodedChunk chunk; (chunk = anew.next()) != null; ) {
      into.add(chunk);
    }
  }

  /** Reads the chunks of one block, which are in order. */
  private static SampleReader reader(List<EncodedChunk> chunks) {
    Iterator<EncodedChunk> each = chunks.iterator();
    return batch -> {
      if (!each.hasNext()) {
        batch.clear();
        return false;
      }
      each.next().decode(batch);
      return true;
    };
  }
}
