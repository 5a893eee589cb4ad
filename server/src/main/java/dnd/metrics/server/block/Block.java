package dnd.metrics.server.block;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
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
  /** Null where it can only be read. */
  private final @Nullable BlockFiles files;

  private final long byteSize;
  private final Arena arena;
  private final IndexFile index;
  private final ChunkSegments chunks;
  private final SeriesSelector selector;

  /** Replaced when something is deleted, one deletion at a time. */
  private volatile BlockMeta meta;

  private volatile Tombstones tombstones = Tombstones.NONE;

  /** The series of which nothing is left. */
  private volatile RoaringBitmap gone = new RoaringBitmap();

  private final AtomicInteger holders = new AtomicInteger(1);

  private Block(
      @Nullable BlockFiles files,
      BlockMeta meta,
      long byteSize,
      Arena arena,
      IndexFile index,
      ChunkSegments chunks,
      Tombstones tombstones) {
    this.files = files;
    this.meta = meta;
    this.byteSize = byteSize;
    this.arena = arena;
    this.index = index;
    this.chunks = chunks;
    this.selector = new SeriesSelector(index);
    setTombstones(tombstones);
  }

  private void setTombstones(Tombstones all) {
    tombstones = all;
    RoaringBitmap without = new RoaringBitmap();
    all.forEach((reference, spans) -> {
      if (!isLeft(index.series(reference), spans, Long.MIN_VALUE, Long.MAX_VALUE)) {
        without.add(reference);
      }
    });
    gone = without;
    meta = meta.withTombstones(all.size());
  }

  /** Whether a chunk may have samples between two times that are not deleted. */
  private static boolean isLeft(
      SeriesEntry entry, List<DeletedSpan> deleted, long fromMillis, long toMillis) {
    entry.startChunks();
    while (entry.nextChunk() && entry.firstMillis() <= toMillis) {
      if (entry.lastMillis() >= fromMillis) {
        boolean isDeleted = false;
        for (DeletedSpan span : deleted) {
          isDeleted |= span.contains(entry.firstMillis()) && span.contains(entry.lastMillis());
        }
        if (!isDeleted) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Opens the block in the folder of that name.
   *
   * @throws DamagedBlockException where something in it cannot be right
   */
  public static Block open(BlockFiles files, Ulid ulid) throws IOException {
    return open(files, files, ulid);
  }

  /**
   * Opens a block that is far away: of its index and its files of chunks those bytes are asked for
   * that are read. It cannot be changed.
   *
   * @throws DamagedBlockException where something in it cannot be right
   */
  public static Block openForReading(FarBlockFiles files, Ulid ulid) throws IOException {
    return open(files, null, ulid);
  }

  @SuppressWarnings("MustBeClosedChecker") // the last to release the block closes it
  private static Block open(ReadableBlockFiles files, @Nullable BlockFiles writable, Ulid ulid)
      throws IOException {
    String folder = ulid.toString();
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      BlockMeta meta = readMeta(files, ulid, arena);
      Block block =
          new Block(
              writable,
              meta,
              files.byteSize(folder),
              arena,
              new IndexFile(
                  FileBytes.of(files, BlockLayout.path(folder, BlockLayout.INDEX), arena)),
              ChunkSegments.open(files, BlockLayout.path(folder, BlockLayout.CHUNKS), arena),
              Tombstones.read(files, folder));
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

  private static BlockMeta readMeta(ReadableBlockFiles files, Ulid ulid, Arena arena)
      throws IOException {
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

  public Tombstones tombstones() {
    return tombstones;
  }

  /**
   * Deletes samples: they are not read any more from now on, and would not come back after a power
   * cut. One thread at a time.
   *
   * @throws DamagedBlockException where the index cannot be read; nothing is deleted then
   * @throws IOException where that could not be written: it may be deleted, or not
   */
  public void delete(Deletion deletion) throws IOException {
    if (!meta.overlaps(deletion.fromMillis(), deletion.toMillis())) {
      return;
    }
    replace(tombstones.with(spans(deletion)));
  }

  /**
   * Deletes what is deleted of another copy of the same block, in the same way.
   *
   * @throws DamagedBlockException where this cannot be a copy
   */
  public void delete(Tombstones ofCopy) throws IOException {
    replace(tombstones.with(ofCopy));
  }

  private void replace(Tombstones after) throws IOException {
    if (after.equals(tombstones)) {
      return;
    }
    if (files == null) {
      throw new IllegalStateException("block " + meta.ulid() + " can only be read");
    }
    BlockFolder folder = new BlockFolder(files, meta.ulid().toString());
    folder.replace(BlockLayout.TOMBSTONES, after.encoded());
    setTombstones(after);
    folder.replace(BlockLayout.META, BlockMetaJson.encoded(meta));
  }

  /** Whether {@link #delete} would delete something. */
  public boolean hasSomethingOf(Deletion deletion) {
    return meta.overlaps(deletion.fromMillis(), deletion.toMillis()) && !spans(deletion).isEmpty();
  }

  private Map<Integer, DeletedSpan> spans(Deletion deletion) {
    Map<Integer, DeletedSpan> spans = new TreeMap<>(Integer::compareUnsigned);
    for (List<Matcher> selector : deletion.selectors()) {
      IntIterator each = select(selector, () -> {}).getIntIterator();
      while (each.hasNext()) {
        int reference = each.next();
        DeletedSpan span = index.series(reference).span(deletion);
        if (span != null) {
          spans.put(reference, span);
        }
      }
    }
    return spans;
  }

  /** References of the series that all matchers accept and of which something is left. */
  private RoaringBitmap select(List<Matcher> matchers, Runnable check) {
    RoaringBitmap found = selector.select(matchers, check);
    found.andNot(gone);
    return found;
  }

  /** The largest things in it, as Thanos wants to know them. */
  public IndexStats indexStats() {
    long series = 0;
    long chunk = 0;
    IntIterator each = selector.select(List.of(), () -> {}).getIntIterator();
    while (each.hasNext()) {
      SeriesEntry entry = index.series(each.next());
      series = Math.max(series, entry.byteSize());
      entry.startChunks();
      while (entry.nextChunk()) {
        chunk = Math.max(chunk, chunks.byteSize(entry.chunkReference()));
      }
    }
    return new IndexStats(series, chunk);
  }

  /** Whether nobody has it but who opened it. */
  public boolean isUnused() {
    return holders.get() == 1;
  }

  /** Whether nobody has it any more, so that its files are not mapped. */
  public boolean isClosed() {
    return holders.get() == 0;
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
    return select(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    List<Series> found = new ArrayList<>();
    if (!meta.overlaps(fromMillis, toMillis)) {
      return found;
    }
    boolean whole = fromMillis <= meta.minMillis() && toMillis >= meta.maxMillis() - 1;
    IntIterator each = select(matchers, progress::check).getIntIterator();
    for (int looked = 1; each.hasNext(); looked++) {
      int reference = each.next();
      SeriesEntry entry = index.series(reference);
      if (whole || isLeft(entry, tombstones.of(reference), fromMillis, toMillis)) {
        BlockSeries series = new BlockSeries(this, reference, entry.labels());
        progress.found(series);
        found.add(series);
      }
      if (looked % SeriesSelector.SERIES_PER_CHECK == 0) {
        progress.check();
      }
    }
    return found;
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelNames(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    progress.check();
    if (!meta.overlaps(fromMillis, toMillis)) {
      return List.of();
    }
    if (matchers.isEmpty() && gone.isEmpty()) {
      return index.postings().names();
    }
    TreeSet<String> names = new TreeSet<>(Labels::compareCodePoints);
    visit(
        matchers,
        progress,
        (entry, reference) -> {
          if (isLeft(entry, tombstones.of(reference), fromMillis, toMillis)) {
            entry.labels().forEach((name, value) -> names.add(name));
          }
        });
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelValues(name, matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelValues(
      String name,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    progress.check();
    if (!meta.overlaps(fromMillis, toMillis)) {
      return List.of();
    }
    if (matchers.isEmpty() && gone.isEmpty()) {
      return index.postings().values(name);
    }
    TreeSet<String> values = new TreeSet<>(Labels::compareCodePoints);
    long symbol = index.symbols().find(name);
    visit(
        matchers,
        progress,
        (entry, reference) -> {
          String value = entry.value(symbol);
          if (!value.isEmpty()
              && !values.contains(value)
              && isLeft(entry, tombstones.of(reference), fromMillis, toMillis)) {
            values.add(value);
          }
        });
    return List.copyOf(values);
  }

  /** Goes through the series that match, also those without samples at the time in question. */
  private void visit(
      List<Matcher> matchers, SearchProgress progress, ObjIntConsumer<SeriesEntry> visitor) {
    IntIterator each = select(matchers, progress::check).getIntIterator();
    for (int looked = 1; each.hasNext(); looked++) {
      int reference = each.next();
      visitor.accept(index.series(reference), reference);
      if (looked % SeriesSelector.SERIES_PER_CHECK == 0) {
        progress.check();
      }
    }
  }

  /** All series in order, with their chunks; what is deleted is left out. For one thread. */
  public SeriesCursor series() {
    RoaringBitmap all = selector.select(List.of(), () -> {});
    return new BlockCursor(this, all.getIntIterator());
  }
}
