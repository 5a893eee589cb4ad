package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockCompaction;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockReference;
import dnd.metrics.server.block.BlockStats;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.PreparedBlock;
import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Series;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Makes one block of several, and leaves out what is deleted or has been kept long enough. The new
 * block names those that it was made of; they are removed when it is durable and read, at the
 * latest at the next start. For one thread at a time.
 */
public final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  /** The length of blocks that are cut from the head. */
  public static final long RANGE_MILLIS = 2 * 60 * 60 * 1000L;

  /** Blocks do not grow longer than a month. */
  public static final long LONGEST_MILLIS = 31 * 24 * 60 * 60 * 1000L;

  private final Blocks blocks;
  private final BlockWriter writer;
  private final DiskPace pace;
  private final CurrentRetention current;
  private final InstantSource clock;
  private final RandomGenerator random;
  private Retention retention;
  private CompactionPlan plan;
  private volatile boolean stopped;

  /** Blocks that were looked through, and at which time of retention nothing of them was over. */
  private final Map<Ulid, Long> lookedThrough = new HashMap<>();

  /**
   * @param random for the names of blocks
   */
  public Compactor(
      Blocks blocks, CurrentRetention current, InstantSource clock, RandomGenerator random) {
    this.blocks = blocks;
    this.current = current;
    this.pace = new DiskPace(() -> stopped);
    this.writer = new BlockWriter(blocks.files(), pace);
    this.retention = current.get();
    this.plan = new CompactionPlan(RANGE_MILLIS, current.longestBlockMillis());
    this.clock = clock;
    this.random = random;
  }

  /**
   * Does what is due next, if anything.
   *
   * @param waitingOf those of the blocks that there are of which something is to be made yet: until
   *     then nothing of them goes
   * @return whether something was done: there may be more then
   * @throws IOException where a block could not be written; nothing is changed then
   */
  boolean compact(Function<List<BlockMeta>, Set<Ulid>> waitingOf) throws IOException {
    lookAtRetention();
    BlockSnapshot snapshot = blocks.holdAside();
    try {
      Set<Ulid> waiting = waitingOf.apply(metas(snapshot));
      if (removeWhatIsOver(snapshot.blocks(), waiting)) {
        return true;
      }
      Set<Ulid> chosen = new HashSet<>();
      plan.next(metas(snapshot)).forEach(meta -> chosen.add(meta.ulid()));
      if (chosen.isEmpty()) {
        return false;
      }
      merge(
          snapshot.blocks().stream().filter(block -> chosen.contains(block.meta().ulid())).toList(),
          Collections.disjoint(chosen, waiting));
      return true;
    } catch (DamagedBlockException e) {
      return true; // it is set aside; the others are to be looked at anew
    } catch (OvertakenException e) {
      return true;
    } finally {
      snapshot.release();
    }
  }

  /** Gives the room of blocks back that are replaced and that nobody reads any more. */
  void removeUnread() throws IOException {
    blocks.removeUnread(pace, () -> stopped);
  }

  /** As they are now: something of a block may be deleted at any time. */
  private static List<BlockMeta> metas(BlockSnapshot snapshot) {
    return snapshot.blocks().stream().map(Block::meta).toList();
  }

  private void lookAtRetention() {
    Retention now = current.get();
    if (!now.equals(retention)) {
      retention = now;
      plan = new CompactionPlan(RANGE_MILLIS, current.longestBlockMillis());
      lookedThrough.clear();
    }
  }

  /** A block, here or in the object store only, and what it takes there. */
  private record Sized(BlockMeta meta, long bytes) {}

  /**
   * Removes blocks and series whose time is over, or for which there is no room: the oldest first,
   * wherever they are, so that no hole is left in front of what stays.
   */
  private boolean removeWhatIsOver(List<Block> all, Set<Ulid> waiting) throws IOException {
    long now = clock.millis();
    List<Ulid> gone = new ArrayList<>();
    List<Sized> everywhere = everywhere(all);
    long bytes = everywhere.stream().mapToLong(Sized::bytes).sum();
    boolean olderWaits = false;
    for (Sized block : everywhere) {
      boolean tooOld = Retention.isOver(retention.longestMillis(), block.meta().maxMillis(), now);
      if (waiting.contains(block.meta().ulid())) {
        olderWaits = true;
      } else if (tooOld || (bytes > retention.mostBytes() && !olderWaits)) {
        gone.add(block.meta().ulid());
        bytes -= block.bytes();
        LOG.info(
            "block {} with samples up to {} goes: {}",
            block.meta().ulid(),
            Instant.ofEpochMilli(block.meta().maxMillis()),
            tooOld ? "its time is over" : "there is no room for it");
      }
    }
    if (!gone.isEmpty()) {
      blocks.removeForGood(gone);
      return true;
    }
    for (Block block : all) {
      if (!waiting.contains(block.meta().ulid()) && hasSeriesThatAreOver(block, now)) {
        merge(List.of(block), true);
        return true;
      }
    }
    return false;
  }

  /** What is here, and where there is a bound for all together what is in the store only, too. */
  private List<Sized> everywhere(List<Block> here) {
    List<Sized> found = new ArrayList<>();
    here.forEach(block -> found.add(new Sized(block.meta(), block.byteSize())));
    RemoteBlocks store = blocks.remote();
    if (store != null && retention.mostBytes() != Long.MAX_VALUE) {
      for (RemoteBlocks.Remote far :
          store.overlapping(here, Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE)) {
        long bytes = far.files().values().stream().mapToLong(Long::longValue).sum();
        found.add(new Sized(far.meta(), bytes));
      }
      found.sort(Comparator.comparingLong(block -> block.meta().minMillis()));
    }
    return found;
  }

  private boolean hasSeriesThatAreOver(Block block, long now) {
    long max = block.meta().maxMillis();
    long time = Long.MIN_VALUE; // the longest that is over, which is not the longest of all
    for (long each : retention.times()) {
      if (Retention.isOver(each, max, now)) {
        time = each;
      }
    }
    Long known = lookedThrough.get(block.meta().ulid());
    if (time == Long.MIN_VALUE || (known != null && known >= time)) {
      return false;
    }
    try {
      for (Series series : block.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
        if (retention.isOver(series.labels(), max, now)) {
          return true;
        }
      }
    } catch (DamagedBlockException e) {
      blocks.setAside(block, e);
      throw e;
    }
    lookedThrough.put(block.meta().ulid(), time);
    return false;
  }

  /** Ends the compaction that runs, which then throws; for the stop of the service. */
  void stop() {
    stopped = true;
  }

  /**
   * @param retained whether series that are over are left out
   */
  private void merge(List<Block> parents, boolean retained) throws IOException {
    long started = clock.millis();
    long deletions = blocks.deletions();
    List<SeriesCursor> byRank = new ArrayList<>();
    parents.stream()
        .sorted(Comparator.comparing((Block block) -> block.meta().ulid()).reversed())
        .forEach(block -> byRank.add(new WatchedCursor(block, deletions)));
    BlockMeta meta = metaOf(parents);
    SeriesCursor merged = new MergedCursor(byRank);
    SeriesCursor series =
        retained
            ? new RetainedCursor(
                merged, labels -> retention.isOver(labels, meta.maxMillis(), started))
            : merged;
    Optional<PreparedBlock> prepared = writer.prepare(meta, series);
    List<Ulid> removed = parents.stream().map(block -> block.meta().ulid()).toList();
    if (!blocks.replace(removed, prepared, () -> blocks.deletions() == deletions)) {
      throw new OvertakenException();
    }
    Optional<BlockMeta> written = prepared.map(PreparedBlock::meta);
    parents.forEach(block -> lookedThrough.remove(block.meta().ulid()));
    LOG.info(
        "compacted {} blocks into {}: {} series, {} samples, level {}, {} ms",
        parents.size(),
        meta.ulid(),
        written.map(m -> m.stats().series()).orElse(0L),
        written.map(m -> m.stats().samples()).orElse(0L),
        meta.compaction().level(),
        clock.millis() - started);
  }

  private BlockMeta metaOf(List<Block> parents) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    int level = 0;
    TreeSet<Ulid> names = new TreeSet<>();
    TreeSet<Ulid> sources = new TreeSet<>();
    List<BlockReference> references = new ArrayList<>();
    Map<String, JsonNode> others = new LinkedHashMap<>();
    for (Block parent : parents) {
      BlockMeta meta = parent.meta();
      min = Math.min(min, meta.minMillis());
      max = Math.max(max, meta.maxMillis());
      level = Math.max(level, meta.compaction().level());
      names.add(meta.ulid());
      sources.addAll(meta.compaction().sources());
      references.add(meta.reference());
      others.putAll(meta.others());
    }
    return new BlockMeta(
        Ulid.newerThan(names.last(), clock.millis(), random),
        min,
        max,
        BlockStats.NONE,
        new BlockCompaction(
            parents.size() == 1 ? level : level + 1, List.copyOf(sources), references, List.of()),
        others);
  }

  /** Something was deleted of the blocks that were being made one: it begins anew. */
  private static final class OvertakenException extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Sets a block aside that turns out to be damaged. */
  private final class WatchedCursor implements SeriesCursor {
    private final Block block;
    private final SeriesCursor cursor;
    private final long deletions;

    WatchedCursor(Block block, long deletions) {
      this.block = block;
      this.deletions = deletions;
      try {
        this.cursor = block.series();
      } catch (DamagedBlockException e) {
        blocks.setAside(block, e);
        throw e;
      }
    }

    @Override
    public boolean next() throws IOException {
      if (stopped) {
        throw new IOException("the service is stopping");
      }
      if (blocks.deletions() != deletions) {
        throw new OvertakenException();
      }
      try {
        return cursor.next();
      } catch (DamagedBlockException e) {
        blocks.setAside(block, e);
        throw e;
      }
    }

    @Override
    public Labels labels() {
      return cursor.labels();
    }

    @Override
    public @Nullable EncodedChunk nextChunk() throws IOException {
      try {
        return cursor.nextChunk();
      } catch (DamagedBlockException e) {
        blocks.setAside(block, e);
        throw e;
      }
    }
  }
}
