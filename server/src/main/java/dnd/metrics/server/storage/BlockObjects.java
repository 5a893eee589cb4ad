package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.ReadableBlockFiles;
import dnd.metrics.server.block.ThanosSection;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.objects.ObjectStore;
import dnd.metrics.server.objects.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Blocks in an object store, as Thanos has them: {@code ULID/index}, {@code ULID/chunks/000001}
 * ..., {@code ULID/meta.json}. The last comes last and goes first: without it there is no block.
 * One thread at a time lists, puts and removes; any may read.
 */
final class BlockObjects {
  static final String META = "meta.json";
  static final String INDEX = "index";
  private static final String CHUNKS = "chunks";
  private static final int MOST_META_BYTES = 64 << 20;

  private final ObjectStore store;
  private final Map<String, String> labels;
  private final InstantSource clock;
  private final Map<Ulid, BlockMeta> known = new ConcurrentHashMap<>();
  private final AtomicLong uploadedBytes = new AtomicLong();
  private final AtomicLong fetchedBytes = new AtomicLong();

  /**
   * @param labels whose samples they are, for Thanos
   */
  BlockObjects(ObjectStore store, Map<String, String> labels, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.labels = Map.copyOf(labels);
  }

  ObjectStore store() {
    return store;
  }

  long uploadedBytes() {
    return uploadedBytes.get();
  }

  /** Of what queries read. */
  long fetchedBytes() {
    return fetchedBytes.get();
  }

  /**
   * What is there of blocks.
   *
   * @param there all that is there, just listed
   * @param copies of what blocks say of themselves, for those of which that cannot be read there
   * @param report is told of a block that cannot be used, each time
   */
  ObjectListing list(List<StoredObject> there, MetaCopies copies, Consumer<String> report)
      throws IOException {
    ObjectListing listing = new ObjectListing();
    Map<Ulid, SortedMap<String, Long>> files = new TreeMap<>();
    for (StoredObject object : there) {
      int slash = object.name().indexOf('/');
      if (slash > 0 && Ulid.isUlid(object.name().substring(0, slash))) {
        files
            .computeIfAbsent(Ulid.parse(object.name().substring(0, slash)), u -> new TreeMap<>())
            .put(object.name().substring(slash + 1), object.byteSize());
      }
    }
    known.keySet().retainAll(files.keySet());
    files.forEach((ulid, some) -> listing.add(ulid, some));
    for (Map.Entry<Ulid, SortedMap<String, Long>> each : files.entrySet()) {
      if (each.getValue().containsKey(META)) {
        addTo(listing, each.getKey(), copies, report);
      }
    }
    return listing;
  }

  private void addTo(ObjectListing listing, Ulid ulid, MetaCopies copies, Consumer<String> report)
      throws IOException {
    try {
      listing.addWhole(meta(ulid));
    } catch (IllegalArgumentException e) {
      String problem = store.describe() + ": " + name(ulid, META) + ": " + e.getMessage();
      Optional<BlockMeta> copy = copies.get(ulid);
      if (copy.isPresent()) {
        listing.addToMend(copy.get());
        report.accept(problem + "; it is put again as it was");
      } else {
        report.accept(problem + "; the block is not read, and stays");
      }
    }
  }

  /** Puts what a block says of itself, of which everything else is there. */
  void mend(BlockMeta meta, ObjectListing listing) throws IOException {
    SortedMap<String, Long> sizes = new TreeMap<>(listing.files(meta.ulid()));
    putMeta(meta, sizes);
    listing.add(meta.ulid(), sizes);
    listing.addWhole(meta);
  }

  private void putMeta(BlockMeta meta, SortedMap<String, Long> sizes) throws IOException {
    byte[] json = meta.toJson();
    store.put(name(meta.ulid(), META), MemorySegment.ofArray(json));
    uploadedBytes.addAndGet(json.length);
    sizes.put(META, (long) json.length);
    known.put(meta.ulid(), meta);
  }

  private BlockMeta meta(Ulid ulid) throws IOException {
    BlockMeta meta = known.get(ulid);
    if (meta == null) {
      try (InputStream in = store.read(name(ulid, META))) {
        meta = BlockMeta.read(in.readNBytes(MOST_META_BYTES));
      }
      if (!meta.ulid().equals(ulid)) {
        throw new IllegalArgumentException("it is of block " + meta.ulid());
      }
      known.put(ulid, meta);
    }
    return meta;
  }

  static String name(Ulid ulid, String path) {
    return ulid + "/" + path;
  }

  /** Some bytes of a file of a block. */
  byte[] read(Ulid ulid, String path, long offset, int length) throws IOException {
    byte[] bytes = store.read(name(ulid, path), offset, length);
    fetchedBytes.addAndGet(bytes.length);
    return bytes;
  }

  InputStream read(Ulid ulid, String path) throws IOException {
    return store.read(name(ulid, path));
  }

  /**
   * Puts a block of which nothing is deleted, but for those of its files that are there already.
   *
   * @param local where its files are
   */
  void upload(Block block, ReadableBlockFiles local, ObjectListing listing) throws IOException {
    Ulid ulid = block.meta().ulid();
    String folder = ulid.toString();
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (String chunk : local.list(folder + "/" + CHUNKS)) {
      put(ulid, CHUNKS + "/" + chunk, local, listing, sizes);
    }
    put(ulid, INDEX, local, listing, sizes);
    BlockMeta meta =
        ThanosSection.with(block.meta(), labels, sizes, block.indexStats(), clock.instant());
    putMeta(meta, sizes);
    listing.add(ulid, sizes);
    listing.addWhole(meta);
  }

  private void put(
      Ulid ulid,
      String path,
      ReadableBlockFiles local,
      ObjectListing listing,
      SortedMap<String, Long> sizes)
      throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment content = local.map(ulid + "/" + path, arena);
      Long there = listing.files(ulid).get(path);
      boolean isThere =
          there != null && there == content.byteSize() && store.holds(name(ulid, path), content);
      if (!isThere) {
        store.put(name(ulid, path), content);
        uploadedBytes.addAndGet(content.byteSize());
      }
      sizes.put(path, content.byteSize());
    }
  }

  /** Whether all files of a block that is there are as they are here. */
  boolean holds(Ulid ulid, ReadableBlockFiles local, ObjectListing listing) throws IOException {
    for (String path : listing.files(ulid).keySet()) {
      if (!path.equals(META)) {
        try (Arena arena = Arena.ofShared()) {
          if (!store.holds(name(ulid, path), local.map(ulid + "/" + path, arena))) {
            return false;
          }
        }
      }
    }
    return listing.files(ulid).containsKey(INDEX);
  }

  /** Removes a block, or what there is of one. */
  void delete(Ulid ulid, ObjectListing listing) throws IOException {
    store.delete(name(ulid, META));
    known.remove(ulid);
    for (String path : listing.files(ulid).keySet()) {
      store.delete(name(ulid, path));
    }
    listing.remove(ulid);
  }
}
