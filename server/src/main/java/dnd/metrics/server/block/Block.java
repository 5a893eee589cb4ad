package dnd.metrics.server.block;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * A block that is open for reading: its files are mapped into memory. Safe for use by several
 * threads.
 *
 * <p>It is held by who opened it, and by everybody whose {@link #hold} said yes, until each has
 * called {@link #release}; then the files are unmapped. Removing the files meanwhile takes nothing
 * from those who read. What a block returned is to be used only while it is held.
 */
public final class Block implements SeriesSource {
  private final BlockMeta meta;
  private final long byteSize;
  private final Arena arena;
  private final IndexFile index;
  private final ChunkSegments chunks;
  private final SeriesSelector selector;
  private final Tombstones tombstones;
  private final AtomicInteger holders = new AtomicInteger(1);

  private Block(
      BlockMeta meta,
      long byteSize,
      Arena arena,
      IndexFile index,
      ChunkSegments chunks,
      Tombstones tombstones) {
    this.meta = meta;
    this.byteSize = byteSize;
    this.arena = arena;
    this.index = index;
    this.chunks = chunks;
    this.selector = new SeriesSelector(index);
    this.tombstones = tombstones;
  }

  /**
   * Opens the block in the folder of that name.
   *
   * @throws DamagedBlockException where something in it cannot be right
   */
  @SuppressWarnings("MustBeClosedChecker") // the last to release the block closes it
  public static Block open(BlockFiles files, Ulid ulid) throws IOException {
    String folder = ulid.toString();
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      BlockMeta meta = readMeta(files, ulid, arena);
      String indexPath = BlockLayout.path(folder, BlockLayout.INDEX);
      Block block =
          new Block(
              meta,
              files.byteSize(folder),
              arena,
              new IndexFile(files.map(indexPath, arena), files.describe(indexPath)),
              ChunkSegments.open(files, BlockLayout.path(folder, BlockLayout.CHUNKS), arena),
              readTombstones(files, folder, arena));
      opened = true;
      return block;
    } catch (NoSuchFileException e) {
      throw new DamagedBlockException(
          files.describe(folder), "a file is missing: " + e.getFile(), e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static BlockMeta readMeta(BlockFiles files, Ulid ulid, Arena arena) throws IOException {
    String path = BlockLayout.path(ulid.toString(), BlockLayout.META);
    MemorySegment file = files.map(path, arena);
    try {
      BlockMeta meta = BlockMetaJson.read(file.toArray(ValueLayout.JAVA_BYTE));
      if (!meta.ulid().equals(ulid)) {
        throw new IllegalArgumentException("it is of block " + meta.ulid());
      }
      return meta;
    } catch (IllegalArgumentException e) {
      throw new DamagedBlockException(files.describe(path), String.valueOf(e.getMessage()), e);
    }
  }

  private static Tombstones readTombstones(BlockFiles files, String folder, Arena arena)
      throws IOException {
    String path = BlockLayout.path(folder, BlockLayout.TOMBSTONES);
    try {
      return Tombstones.read(files.map(path, arena), files.describe(path));
    } catch (NoSuchFileException e) {
      return Tombstones.NONE; // Prometheus and Thanos leave an empty file out
    }
  }

  public BlockMeta meta() {
    return meta;
  }

  /** How many bytes its files had when it was opened. */
  public long byteSize() {
    return byteSize;
  }

  IndexFile index() {
    return index;
  }

  ChunkSegments chunks() {
    return chunks;
  }

  Tombstones tombstones() {
    return tombstones;
  }

  /** Keeps the block readable until {@link #release}; false where it is closed already. */
  public boolean hold() {
    int n;
    do {
      n = holders.get();
      if (n == 0) {
        return false;
      }
    } while (!holders.compareAndSet(n, n + 1));
    return true;
  }

  /** Once for the opening, and once for each {@link #hold}. */
  public void release() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      arena.close();
    } else if (left < 0) {
      throw new IllegalStateException("block " + meta.ulid() + " is released once too often");
    }
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, () -> {});
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, Runnable check) {
    check.run();
    List<Series> found = new ArrayList<>();
    if (!meta.overlaps(fromMillis, toMillis)) {
      return found;
    }
    boolean whole = fromMillis <= meta.minMillis() && toMillis >= meta.maxMillis() - 1;
    IntIterator each = selector.select(matchers, check).getIntIterator();
    for (int looked = 1; each.hasNext(); looked++) {
      int reference = each.next();
      SeriesEntry entry = index.series(reference);
      if (whole || entry.overlaps(fromMillis, toMillis)) {
        found.add(new BlockSeries(this, reference, entry.labels()));
      }
      if (looked % SeriesSelector.SERIES_PER_CHECK == 0) {
        check.run();
      }
    }
    return found;
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    if (!meta.overlaps(fromMillis, toMillis)) {
      return List.of();
    }
    if (matchers.isEmpty()) {
      return index.postings().names();
    }
    TreeSet<String> names = new TreeSet<>(Labels::compareCodePoints);
    for (Series series : select(matchers, fromMillis, toMillis)) {
      series.labels().forEach((name, value) -> names.add(name));
    }
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    if (!meta.overlaps(fromMillis, toMillis)) {
      return List.of();
    }
    if (matchers.isEmpty()) {
      return index.postings().values(name);
    }
    TreeSet<String> values = new TreeSet<>(Labels::compareCodePoints);
    long symbol = index.symbols().find(name);
    IntIterator each = selector.select(matchers, () -> {}).getIntIterator();
    while (each.hasNext()) {
      SeriesEntry entry = index.series(each.next());
      String value = entry.value(symbol);
      if (!value.isEmpty() && !values.contains(value) && entry.overlaps(fromMillis, toMillis)) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  /** All series in order, with their chunks; what is deleted is left out. For one thread. */
  public SeriesCursor series() {
    RoaringBitmap all = selector.select(List.of(), () -> {});
    return new BlockCursor(this, all.getIntIterator());
  }
}
