package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockCompaction;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockReference;
import dnd.metrics.server.block.BlockStats;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.PreparedBlock;
import dnd.metrics.server.block.ThanosSection;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalFailures;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.storage.DownsampledSnapshot.State;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a downsampled block of each raw block that is old enough, and removes those that raw blocks
 * have outrun, of which they can be made again, or whose time is over. For one thread at a time,
 * but for {@link #waiting}.
 */
public final class Downsampler {
  private static final Logger LOG = LoggerFactory.getLogger(Downsampler.class);

  private final Blocks blocks;
  private final DownsampledBlocks downsampled;
  private final CurrentRetention retention;
  private final long localMillis;
  private final long lateMillis;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Raw blocks of which an aggregate would be empty. */
  private final Map<Downsampling, Set<Ulid>> nothingIn = new ConcurrentHashMap<>();

  private volatile boolean stopped;
  private final DiskPace pace = new DiskPace(() -> stopped);

  /**
   * @param localMillis how long blocks that are in the object store are on the disk too
   * @param lateMillis how late samples may come: until they have been cut into a block the head has
   *     them, whose samples do not count in the time of a downsampled block
   * @param random for the names of blocks
   */
  public Downsampler(
      Blocks blocks,
      DownsampledBlocks downsampled,
      CurrentRetention retention,
      long localMillis,
      long lateMillis,
      InstantSource clock,
      RandomGenerator random) {
    this.blocks = blocks;
    this.downsampled = downsampled;
    this.retention = retention;
    this.localMillis = localMillis;
    this.lateMillis = lateMillis;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Does what is due next, if anything.
   *
   * @return whether something was done: there may be more then
   * @throws IOException where a block could not be written; nothing is changed then
   */
  public boolean downsample() throws IOException {
    BlockSnapshot raw = blocks.holdAside();
    try {
      List<BlockMeta> metas = raw.blocks().stream().map(Block::meta).toList();
      Map<Downsampling, Set<Ulid>> parents = new HashMap<>();
      for (Map.Entry<Downsampling, Blocks> each : downsampled.all().entrySet()) {
        if (tidy(each.getKey(), each.getValue(), metas, parents)) {
          return true;
        }
      }
      return make(raw.blocks(), parents);
    } finally {
      raw.release();
    }
  }

  /**
   * Raw blocks of which downsampled ones are to be made yet, once nothing overlaps them any more,
   * and they are written anew without what is deleted: until then nothing else of them may go.
   *
   * @param raw all of them
   */
  public Set<Ulid> waiting(List<BlockMeta> raw) {
    long now = clock.millis();
    Set<Ulid> waiting = new HashSet<>();
    for (Map.Entry<Downsampling, Blocks> each : downsampled.all().entrySet()) {
      Downsampling kind = each.getKey();
      BlockSnapshot made = each.getValue().hold();
      try {
        Set<Ulid> done = new HashSet<>(nothingIn(kind));
        for (BlockMeta meta : all(each.getValue(), made)) {
          if (DownsampledSnapshot.state(meta, raw) != State.OUTDATED) {
            done.add(DownsampledSnapshot.parent(meta));
          }
        }
        for (BlockMeta meta : raw) {
          if (!done.contains(meta.ulid()) && isOldEnough(kind, meta, now)) {
            waiting.add(meta.ulid());
          }
        }
      } finally {
        made.release();
      }
    }
    return waiting;
  }

  private Set<Ulid> nothingIn(Downsampling kind) {
    return nothingIn.computeIfAbsent(kind, k -> ConcurrentHashMap.newKeySet());
  }

  /**
   * Removes the next block of one kind that is of no use any more, or writes it anew.
   *
   * @param raw all raw blocks that are here
   * @param parents takes the raw blocks of which there are blocks of this kind
   * @return false where there is none
   */
  private boolean tidy(
      Downsampling kind, Blocks own, List<BlockMeta> raw, Map<Downsampling, Set<Ulid>> parents)
      throws IOException {
    long now = clock.millis();
    BlockSnapshot made = own.hold();
    try {
      Set<Ulid> known = new HashSet<>();
      for (BlockMeta meta : all(own, made)) {
        boolean outrun =
            DownsampledSnapshot.state(meta, raw) == State.OUTDATED
                && DownsampledSnapshot.canBeMadeAgain(meta, raw);
        if (outrun || isOver(kind, meta, now)) {
          own.removeForGood(List.of(meta.ulid()));
          return true;
        }
        known.add(DownsampledSnapshot.parent(meta));
      }
      for (Block block : made.blocks()) {
        if (block.meta().stats().tombstones() > 0) {
          writeAnew(own, block);
          return true;
        }
      }
      nothingIn(kind).retainAll(raw.stream().map(BlockMeta::ulid).toList());
      parents.put(kind, known);
      return false;
    } finally {
      made.release();
    }
  }

  /**
   * Makes the next block: of the oldest raw block all kinds before any of another, since a block
   * may go from here once it has them all, and the oldest goes first.
   */
  private boolean make(List<Block> raw, Map<Downsampling, Set<Ulid>> parents) throws IOException {
    long now = clock.millis();
    for (Block block : raw) {
      Ulid ulid = block.meta().ulid();
      for (Map.Entry<Downsampling, Blocks> each : downsampled.all().entrySet()) {
        Downsampling kind = each.getKey();
        if (!parents.getOrDefault(kind, Set.of()).contains(ulid)
            && !nothingIn(kind).contains(ulid)
            && isDue(kind, block, raw, now)) {
          make(kind, each.getValue(), block);
          return true;
        }
      }
    }
    return false;
  }

  /** What is here and, as far as one knows, in the object store. */
  private static List<BlockMeta> all(Blocks own, BlockSnapshot here) {
    List<BlockMeta> metas = new ArrayList<>();
    here.blocks().forEach(block -> metas.add(block.meta()));
    RemoteBlocks store = own.remote();
    if (store != null) {
      store
          .overlapping(here.blocks(), Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE)
          .forEach(far -> metas.add(far.meta()));
    }
    return metas;
  }

  private boolean isOver(Downsampling kind, BlockMeta meta, long now) {
    return downsampled.times().isOver(kind.resolutionMillis(), meta.maxMillis(), now);
  }

  private boolean isOldEnough(Downsampling kind, BlockMeta meta, long now) {
    long onDisk = Math.min(localMillis, retention.get().longestMillis());
    long after =
        Math.max(
            lateMillis + 2 * Compactor.RANGE_MILLIS,
            DownsamplingTimes.afterMillis(kind.resolutionMillis(), onDisk));
    return meta.maxMillis() <= now - after && !isOver(kind, meta, now);
  }

  private boolean isDue(Downsampling kind, Block block, List<Block> raw, long now) {
    BlockMeta meta = block.meta();
    return isOldEnough(kind, meta, now)
        && meta.stats().tombstones() == 0
        && raw.stream()
                .filter(b -> b.meta().overlaps(meta.minMillis(), meta.maxMillis() - 1))
                .count()
            == 1;
  }

  /** Gives the room of blocks back that are replaced and that nobody reads any more. */
  void removeUnread() throws IOException {
    RemovalFailures failures = new RemovalFailures();
    for (Blocks own : downsampled.all().values()) {
      try {
        own.removeUnread(pace, () -> stopped);
      } catch (IOException e) {
        failures.add(e);
      }
    }
    failures.throwFirst();
  }

  /** Ends what is being written, which then throws; for the stop of the service. */
  void stop() {
    stopped = true;
  }

  /** Leaves out what is deleted, where there is no raw block that it could be made of again. */
  private void writeAnew(Blocks own, Block block) throws IOException {
    long deletions = own.deletions();
    BlockMeta before = block.meta();
    List<BlockReference> parents = new ArrayList<>(before.compaction().parents().subList(0, 1));
    parents.add(before.reference()); // which goes, also where we end before we remove it
    BlockMeta meta =
        new BlockMeta(
            Ulid.newerThan(before.ulid(), clock.millis(), random),
            before.minMillis(),
            before.maxMillis(),
            BlockStats.NONE,
            new BlockCompaction(1, before.compaction().sources(), parents, List.of()),
            before.others());
    try {
      Optional<PreparedBlock> prepared =
          new BlockWriter(own.files(), pace).prepare(meta, block.series());
      own.replace(List.of(before.ulid()), prepared, () -> own.deletions() == deletions);
    } catch (DamagedBlockException e) {
      own.setAside(block, e);
    }
  }

  private void make(Downsampling kind, Blocks own, Block block) throws IOException {
    long started = clock.millis();
    long deletions = blocks.deletions();
    BlockMeta meta =
        new BlockMeta(
            Ulid.of(started, random),
            block.meta().minMillis(),
            block.meta().maxMillis(),
            BlockStats.NONE,
            new BlockCompaction(
                1,
                block.meta().compaction().sources(),
                List.of(block.meta().reference()),
                List.of()),
            ThanosSection.ofResolution(kind.resolutionMillis()));
    Optional<PreparedBlock> prepared;
    try {
      prepared =
          new BlockWriter(own.files(), pace)
              .prepare(meta, new DownsamplingCursor(block.series(), kind, () -> stopped));
    } catch (DamagedBlockException e) {
      blocks.setAside(block, e);
      return;
    }
    if (prepared.isEmpty()) {
      nothingIn(kind).add(block.meta().ulid());
    } else if (own.replace(List.of(), prepared, () -> blocks.deletions() == deletions)) {
      LOG.info(
          "downsampled block {} to {} of {} ms: {} of {} samples, {} ms",
          block.meta().ulid(),
          kind.aggregate(),
          kind.resolutionMillis(),
          prepared.get().meta().stats().samples(),
          block.meta().stats().samples(),
          clock.millis() - started);
    }
  }
}
