package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.storage.DownsampledChoice.Chosen;
import dnd.metrics.server.storage.DownsampledSnapshot.State;
import dnd.metrics.server.storage.RemoteBlocks.Remote;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Head and blocks for one query. A block that turns out to be damaged, while series are looked for
 * or while samples are read, is set aside, and the query ends: without it the answer would be
 * wrong.
 */
final class StorageView implements SeriesView {
  private static final int SERIES_PER_CHECK = 1024;

  private final SeriesSource head;
  private final Blocks blocks;
  private final BlockSnapshot snapshot;
  private final DownsampledSnapshot downsampled;
  private final Set<Long> standIns = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** From when on nothing is missed while not all is known of what is in the object store. */
  private final long completeSinceMillis;

  /** Blocks of the object store that this view has open. Guards itself. */
  private final Map<Ulid, Block> opened = new HashMap<>();

  /**
   * @param snapshot held already, before {@code downsampled}, which is held too
   */
  StorageView(
      SeriesSource head, Blocks blocks, BlockSnapshot snapshot, DownsampledSnapshot downsampled) {
    this(head, blocks, snapshot, downsampled, completeSinceMillis(head, blocks, snapshot));
  }

  private StorageView(
      SeriesSource head,
      Blocks blocks,
      BlockSnapshot snapshot,
      DownsampledSnapshot downsampled,
      long completeSinceMillis) {
    this.head = head;
    this.blocks = blocks;
    this.snapshot = snapshot;
    this.downsampled = downsampled;
    this.completeSinceMillis = completeSinceMillis;
  }

  /**
   * One that passes over the blocks of the object store of which one does not know what they have.
   *
   * @param snapshot as above
   */
  static StorageView ofReadable(
      SeriesSource head, Blocks blocks, BlockSnapshot snapshot, DownsampledSnapshot downsampled) {
    RemoteBlocks store = blocks.remote();
    boolean isKnown = store != null && store.isKnown();
    return new StorageView(
        head,
        blocks,
        snapshot,
        downsampled,
        isKnown ? Long.MIN_VALUE : completeSinceMillis(head, blocks, snapshot));
  }

  private static long completeSinceMillis(
      SeriesSource head, Blocks blocks, BlockSnapshot snapshot) {
    RemoteBlocks store = blocks.remote();
    return store == null || store.isComplete()
        ? snapshot.oldestMillis()
        : Math.min(blocks.completeSinceMillis(snapshot), head.completeSinceMillis());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      snapshot.release();
      downsampled.release();
      synchronized (opened) {
        opened.values().forEach(Block::release);
        opened.clear();
      }
    }
  }

  /** A block, and whose it is. */
  private record Candidate(Blocks owner, Block block) {}

  private static final Comparator<Candidate> BY_BEGINNING =
      Comparator.comparingLong((Candidate candidate) -> candidate.block().meta().minMillis())
          .thenComparing(candidate -> candidate.block().meta().ulid());

  /**
   * The raw blocks that may have samples between two times, by their beginning, open until the end.
   *
   * @param leftOut those that are not to be read
   */
  private List<Candidate> overlapping(long fromMillis, long toMillis, Set<Ulid> leftOut) {
    List<Candidate> all = new ArrayList<>();
    for (Block block : snapshot.overlapping(fromMillis, toMillis)) {
      if (!leftOut.contains(block.meta().ulid())) {
        all.add(new Candidate(blocks, block));
      }
    }
    List<Remote> far = remote(fromMillis, toMillis);
    if (far.isEmpty()) {
      return all;
    }
    synchronized (opened) {
      for (Remote each : far) {
        Ulid ulid = each.meta().ulid();
        if (!leftOut.contains(ulid)) {
          all.add(new Candidate(blocks, opened.computeIfAbsent(ulid, u -> acquire(each))));
        }
      }
    }
    all.sort(BY_BEGINNING);
    return all;
  }

  /** All raw blocks here, and those of the object store that may have samples between two times. */
  private List<BlockMeta> raw(long fromMillis, long toMillis) {
    List<BlockMeta> metas = new ArrayList<>();
    snapshot.blocks().forEach(block -> metas.add(block.meta()));
    remote(fromMillis, toMillis).forEach(each -> metas.add(each.meta()));
    return metas;
  }

  private List<Chosen> standIns(long fromMillis, long toMillis) {
    if (downsampled.resolutionsMillis().isEmpty()) {
      return List.of();
    }
    List<BlockMeta> raw = raw(fromMillis, toMillis);
    return downsampled.standIns(raw, rawMillis(raw), fromMillis, toMillis);
  }

  private List<Remote> remote(long fromMillis, long toMillis) {
    RemoteBlocks store = blocks.remote();
    return store == null
        ? List.of()
        : store.overlapping(snapshot.blocks(), completeSinceMillis, fromMillis, toMillis);
  }

  /**
   * From when on there are raw samples. Until it is known which downsampled blocks are in the
   * object store, of what is in the head only: among raw blocks times may be missing that those
   * have.
   */
  private long rawMillis(List<BlockMeta> raw) {
    if (!downsampled.isKnown()) {
      return head.completeSinceMillis();
    }
    long oldest = raw.stream().mapToLong(BlockMeta::minMillis).min().orElse(Long.MAX_VALUE);
    return Math.min(oldest, completeSinceMillis);
  }

  /**
   * Right after a start, waits until it is known what is in the object store, where that may have
   * samples from a time on that are nowhere else.
   */
  private void awaitFirstLook(long fromMillis, SearchProgress progress) {
    RemoteBlocks store = blocks.remote();
    if (store != null) {
      store.awaitFirstLook(completeSinceMillis, fromMillis, progress);
      if (!downsampled.isKnown()) {
        downsampled.awaitFirstLook(head.completeSinceMillis(), fromMillis, progress);
      }
    }
  }

  /** Whether the head alone has samples between two times; false where that is not known yet. */
  @Override
  public boolean isInMemory(long fromMillis, long toMillis) {
    RemoteBlocks store = blocks.remote();
    if (store != null && !store.isComplete(snapshot.blocks(), completeSinceMillis, fromMillis)) {
      return false;
    }
    if (!downsampled.isKnown() && !downsampled.isKnown(head.completeSinceMillis(), fromMillis)) {
      return false;
    }
    return snapshot.overlapping(fromMillis, toMillis).isEmpty()
        && remote(fromMillis, toMillis).isEmpty()
        && !downsampled.mayStandIn(fromMillis, toMillis)
        && head.isInMemory(fromMillis, toMillis);
  }

  private Block acquire(Remote far) {
    return Objects.requireNonNull(blocks.remote()).acquire(far);
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    awaitFirstLook(fromMillis, progress);
    List<Candidate> candidates = overlapping(fromMillis, toMillis, Set.of());
    List<Chosen> standing = standIns(fromMillis, toMillis);
    if (!standing.isEmpty()) {
      for (Chosen chosen : standing) {
        candidates.add(new Candidate(chosen.owner(), chosen.block()));
        standIns.add(chosen.kind().resolutionMillis());
      }
      candidates.sort(BY_BEGINNING);
    }
    return select(candidates, matchers, fromMillis, toMillis, progress);
  }

  private List<? extends Series> select(
      List<Candidate> candidates,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    List<? extends Series> recent = head.select(matchers, fromMillis, toMillis, progress);
    if (candidates.isEmpty()) {
      return recent;
    }
    Map<Labels, StoredSeries> found = new LinkedHashMap<>();
    int gathered = 0;
    for (Candidate candidate : candidates) {
      progress.check();
      for (Series series : select(candidate, matchers, fromMillis, toMillis, progress)) {
        if (++gathered % SERIES_PER_CHECK == 0) {
          progress.check();
        }
        found
            .computeIfAbsent(series.labels(), StoredSeries::new)
            .add(candidate.owner(), candidate.block(), series);
      }
    }
    if (found.isEmpty()) {
      return recent;
    }
    List<Series> all = new ArrayList<>(found.size() + recent.size());
    for (Series series : recent) {
      if (++gathered % SERIES_PER_CHECK == 0) {
        progress.check();
      }
      StoredSeries stored = found.get(series.labels());
      if (stored == null) {
        all.add(series);
      } else {
        stored.setRecent(series);
      }
    }
    all.addAll(found.values());
    return all;
  }

  private static List<? extends Series> select(
      Candidate candidate,
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      SearchProgress progress) {
    return StorageView.<List<? extends Series>>ask(
        candidate, b -> b.select(matchers, fromMillis, toMillis, progress));
  }

  @Override
  public List<Long> resolutionsMillis() {
    return downsampled.resolutionsMillis();
  }

  @Override
  public Set<Long> standInsMillis() {
    return standIns;
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers,
      long fromMillis,
      long toMillis,
      Downsampling wanted,
      SearchProgress progress) {
    awaitFirstLook(fromMillis, progress);
    List<BlockMeta> raw = raw(fromMillis, toMillis);
    List<Chosen> chosen =
        withoutOvertaken(
            downsampled.choose(wanted, raw, rawMillis(raw), fromMillis, toMillis),
            matchers,
            progress::check);
    Map<Labels, DownsampledSeries> found = new LinkedHashMap<>();
    Set<Ulid> instead = new HashSet<>();
    for (Chosen each : chosen) {
      progress.check();
      instead.add(DownsampledSnapshot.parent(each.meta()));
      if (each.standsIn(wanted)) {
        standIns.add(each.kind().resolutionMillis());
      }
      Map<Labels, Series> weights = new HashMap<>();
      each.weights()
          .map(of -> new Candidate(of.owner(), of.block()))
          .ifPresent(of ->
              select(of, matchers, fromMillis, toMillis, progress)
                  .forEach(series -> weights.put(series.labels(), series)));
      Candidate candidate = new Candidate(each.owner(), each.block());
      for (Series series : select(candidate, matchers, fromMillis, toMillis, progress)) {
        found
            .computeIfAbsent(series.labels(), labels -> new DownsampledSeries(labels, wanted))
            .add(each, series, weights.get(series.labels()));
      }
    }
    List<Candidate> others = overlapping(fromMillis, toMillis, instead);
    List<Series> all = new ArrayList<>();
    for (Series rest : select(others, matchers, fromMillis, toMillis, progress)) {
      DownsampledSeries same = found.get(rest.labels());
      if (same == null) {
        all.add(wanted.of(rest));
      } else {
        same.setRest(rest);
      }
    }
    all.addAll(found.values());
    return all;
  }

  /**
   * Leaves out those in whose time the head has samples, which came late and are yet to be cut: raw
   * blocks are read there. Where there are none, what the head has counts beside them.
   */
  private List<Chosen> withoutOvertaken(
      List<Chosen> chosen, List<Matcher> matchers, Runnable check) {
    if (chosen.isEmpty()) {
      return chosen;
    }
    long min = chosen.getFirst().meta().minMillis();
    long max = chosen.stream().mapToLong(each -> each.meta().maxMillis()).max().orElseThrow();
    if (!isInHead(matchers, min, max, check)) {
      return chosen;
    }
    List<Chosen> left = new ArrayList<>();
    for (Chosen each : chosen) {
      if (!isInHead(matchers, each.meta().minMillis(), each.meta().maxMillis(), check)) {
        left.add(each);
      } else if (each.state() == State.ALONE) {
        left.add(each.withOthersBeside());
      }
    }
    return left;
  }

  private boolean isInHead(List<Matcher> matchers, long minMillis, long maxMillis, Runnable check) {
    return !head.select(matchers, minMillis, maxMillis - 1, check::run).isEmpty();
  }

  /** What a block answers; where it is damaged it is set aside, for who asks next. */
  private static <T> T ask(Candidate candidate, Function<Block, T> question) {
    try {
      return question.apply(candidate.block());
    } catch (DamagedBlockException e) {
      candidate.owner().setAside(candidate.block(), e);
      throw e;
    }
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return labelNames(matchers, fromMillis, toMillis, SearchProgress.UNWATCHED);
  }

  @Override
  public List<String> labelNames(
      List<Matcher> matchers, long fromMillis, long toMillis, SearchProgress progress) {
    return union(
        head.labelNames(matchers, fromMillis, toMillis, progress),
        fromMillis,
        toMillis,
        progress,
        block -> block.labelNames(matchers, fromMillis, toMillis, progress));
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
    return union(
        head.labelValues(name, matchers, fromMillis, toMillis, progress),
        fromMillis,
        toMillis,
        progress,
        block -> block.labelValues(name, matchers, fromMillis, toMillis, progress));
  }

  private List<String> union(
      List<String> recent,
      long fromMillis,
      long toMillis,
      SearchProgress progress,
      Function<Block, List<String>> question) {
    List<Candidate> candidates = new ArrayList<>();
    for (Block block : snapshot.overlapping(fromMillis, toMillis)) {
      candidates.add(new Candidate(blocks, block));
    }
    try {
      for (Chosen chosen : standIns(fromMillis, toMillis)) {
        candidates.add(new Candidate(chosen.owner(), chosen.block()));
      }
    } catch (UnreadableSamplesException e) {
      progress.leftOut(e);
    }
    List<String> far = far(fromMillis, toMillis, progress, question);
    if (candidates.isEmpty() && far.isEmpty()) {
      return recent;
    }
    TreeSet<String> all = new TreeSet<>(Labels::compareCodePoints);
    all.addAll(recent);
    all.addAll(far);
    for (Candidate candidate : candidates) {
      try {
        all.addAll(ask(candidate, question));
      } catch (DamagedBlockException e) {
        throw e;
      } catch (UnreadableSamplesException e) { // it was open, and the store is away since
        progress.leftOut(e);
      }
    }
    return List.copyOf(all);
  }

  /** What the object store's blocks say, one after the other; those that are away are left out. */
  private List<String> far(
      long fromMillis,
      long toMillis,
      SearchProgress progress,
      Function<Block, List<String>> question) {
    List<String> all = new ArrayList<>();
    try {
      for (Remote each : remote(fromMillis, toMillis)) {
        progress.check();
        all.addAll(far(each, progress, question));
      }
    } catch (UnreadableSamplesException e) {
      progress.leftOut(e);
    }
    return all;
  }

  /**
   * What one of them says; nothing where that one cannot be read.
   *
   * @throws UnreadableSamplesException where the store does not answer: the others would wait too
   */
  private List<String> far(
      Remote each, SearchProgress progress, Function<Block, List<String>> question) {
    try {
      Block block = acquire(each);
      try {
        return question.apply(block);
      } finally {
        block.release();
      }
    } catch (UnreadableSamplesException e) {
      if (isOfTheStore(e)) {
        throw e;
      }
      progress.leftOut(e);
      return List.of();
    }
  }

  private static boolean isOfTheStore(UnreadableSamplesException e) {
    return !(e instanceof DamagedBlockException)
        && e.getCause() instanceof IOException
        && !(e.getCause() instanceof NoSuchFileException);
  }
}
