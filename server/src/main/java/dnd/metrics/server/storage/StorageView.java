package dnd.metrics.server.storage;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.storage.RemoteBlocks.Remote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Head and blocks for one query. A block that turns out to be damaged while series are looked for
 * is left out; while samples are read, the query ends.
 */
final class StorageView implements SeriesView {
  private static final Logger LOG = LoggerFactory.getLogger(StorageView.class);

  private static final int SERIES_PER_CHECK = 1024;

  private final SeriesSource head;
  private final Blocks blocks;
  private final BlockSnapshot snapshot;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Blocks of the object store that this view has open. Guards itself. */
  private final Map<Ulid, Block> opened = new HashMap<>();

  /**
   * @param snapshot held already
   */
  StorageView(SeriesSource head, Blocks blocks, BlockSnapshot snapshot) {
    this.head = head;
    this.blocks = blocks;
    this.snapshot = snapshot;
  }

  @Override
  public SeriesView view() {
    return SeriesView.of(this, () -> {});
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      snapshot.release();
      synchronized (opened) {
        opened.values().forEach(Block::release);
        opened.clear();
      }
    }
  }

  /** All blocks that may have samples between two times, by their beginning, open until the end. */
  private List<Block> overlapping(long fromMillis, long toMillis) {
    List<Block> here = snapshot.overlapping(fromMillis, toMillis);
    List<Remote> far = remote(fromMillis, toMillis);
    if (far.isEmpty()) {
      return here;
    }
    List<Block> all = new ArrayList<>(here);
    synchronized (opened) {
      for (Remote each : far) {
        all.add(opened.computeIfAbsent(each.meta().ulid(), ulid -> acquire(each)));
      }
    }
    all.sort(
        Comparator.comparingLong((Block block) -> block.meta().minMillis())
            .thenComparing(block -> block.meta().ulid()));
    return all;
  }

  private List<Remote> remote(long fromMillis, long toMillis) {
    RemoteBlocks store = blocks.remote();
    return store == null ? List.of() : store.overlapping(snapshot.blocks(), fromMillis, toMillis);
  }

  private Block acquire(Remote far) {
    return Objects.requireNonNull(blocks.remote()).acquire(far);
  }

  @Override
  public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
    return select(matchers, fromMillis, toMillis, () -> {});
  }

  @Override
  public List<? extends Series> select(
      List<Matcher> matchers, long fromMillis, long toMillis, Runnable check) {
    List<Block> candidates = overlapping(fromMillis, toMillis);
    List<? extends Series> recent = head.select(matchers, fromMillis, toMillis, check);
    if (candidates.isEmpty()) {
      return recent;
    }
    Map<Labels, StoredSeries> found = new LinkedHashMap<>();
    int gathered = 0;
    for (Block block : candidates) {
      check.run();
      List<? extends Series> some =
          this.<List<? extends Series>>ask(
              block, List.of(), b -> b.select(matchers, fromMillis, toMillis, check));
      for (Series series : some) {
        if (++gathered % SERIES_PER_CHECK == 0) {
          check.run();
        }
        found.computeIfAbsent(series.labels(), StoredSeries::new).add(blocks, block, series);
      }
    }
    if (found.isEmpty()) {
      return recent;
    }
    List<Series> all = new ArrayList<>(found.size() + recent.size());
    for (Series series : recent) {
      if (++gathered % SERIES_PER_CHECK == 0) {
        check.run();
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

  /** What a block answers; {@code otherwise} where it is damaged. */
  private <T> T ask(Block block, T otherwise, Function<Block, T> question) {
    try {
      return question.apply(block);
    } catch (DamagedBlockException e) {
      synchronized (opened) {
        if (opened.containsKey(block.meta().ulid())) {
          throw e; // it stays in the object store, so that nobody would learn of it
        }
      }
      blocks.setAside(block, e);
      return otherwise;
    }
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
    return union(
        head.labelNames(matchers, fromMillis, toMillis),
        fromMillis,
        toMillis,
        block -> block.labelNames(matchers, fromMillis, toMillis));
  }

  @Override
  public List<String> labelValues(
      String name, List<Matcher> matchers, long fromMillis, long toMillis) {
    return union(
        head.labelValues(name, matchers, fromMillis, toMillis),
        fromMillis,
        toMillis,
        block -> block.labelValues(name, matchers, fromMillis, toMillis));
  }

  private List<String> union(
      List<String> recent, long fromMillis, long toMillis, Function<Block, List<String>> question) {
    List<Block> candidates = snapshot.overlapping(fromMillis, toMillis);
    List<String> far = far(fromMillis, toMillis, question);
    if (candidates.isEmpty() && far.isEmpty()) {
      return recent;
    }
    TreeSet<String> all = new TreeSet<>(Labels::compareCodePoints);
    all.addAll(recent);
    all.addAll(far);
    for (Block block : candidates) {
      all.addAll(ask(block, List.of(), question));
    }
    return List.copyOf(all);
  }

  /** What the object store's blocks say, one after the other; those that are away are left out. */
  private List<String> far(long fromMillis, long toMillis, Function<Block, List<String>> question) {
    List<String> all = new ArrayList<>();
    try {
      for (Remote each : remote(fromMillis, toMillis)) {
        Block block = acquire(each);
        try {
          all.addAll(question.apply(block));
        } finally {
          block.release();
        }
      }
    } catch (UnreadableSamplesException e) {
      LOG.debug("names of labels are told without those in the object store", e);
    }
    return all;
  }
}
