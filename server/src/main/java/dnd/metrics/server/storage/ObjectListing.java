package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of blocks is in an object store, as far as one knows. For one thread. */
final class ObjectListing {
  private final Map<Ulid, SortedMap<String, Long>> files = new TreeMap<>();
  private final Map<Ulid, BlockMeta> whole = new TreeMap<>();
  private final Map<Ulid, BlockMeta> toMend = new TreeMap<>();

  void add(Ulid ulid, SortedMap<String, Long> some) {
    files.put(ulid, new TreeMap<>(some));
  }

  void addWhole(BlockMeta meta) {
    whole.put(meta.ulid(), meta);
    toMend.remove(meta.ulid());
  }

  /** A block that is whole but for what it says of itself, which is known from elsewhere. */
  void addToMend(BlockMeta meta) {
    whole.put(meta.ulid(), meta);
    toMend.put(meta.ulid(), meta);
  }

  void remove(Ulid ulid) {
    files.remove(ulid);
    whole.remove(ulid);
    toMend.remove(ulid);
  }

  /** Sizes of a block's objects, by their paths in its folder; empty where there are none. */
  SortedMap<String, Long> files(Ulid ulid) {
    return files.getOrDefault(ulid, Collections.emptySortedMap());
  }

  boolean isWhole(Ulid ulid) {
    return whole.containsKey(ulid);
  }

  /** Whether there is something of a block, but not the file that comes last and goes first. */
  boolean isPartial(Ulid ulid) {
    return !files(ulid).containsKey(BlockObjects.META);
  }

  /** The blocks that have that file, but it cannot be read. */
  List<Ulid> unreadable() {
    return files.keySet().stream().filter(ulid -> !isPartial(ulid) && !isWhole(ulid)).toList();
  }

  /** The blocks that are whole. */
  List<BlockMeta> whole() {
    return new ArrayList<>(whole.values());
  }

  /** Those whose {@code meta.json} is to be put again. */
  List<BlockMeta> toMend() {
    return new ArrayList<>(toMend.values());
  }

  /** The names of all blocks of which something is there. */
  List<Ulid> all() {
    return new ArrayList<>(files.keySet());
  }
}
