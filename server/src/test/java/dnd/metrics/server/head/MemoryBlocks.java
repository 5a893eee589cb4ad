package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.SeriesCursor;
import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Blocks in memory, which hold a cutter to what a block demands of it. */
final class MemoryBlocks implements BlockSink {
  /** A block: its range, and its samples as {@link Samples} writes them, by series and time. */
  record Block(long minMillis, long maxMillis, Map<Labels, NavigableMap<Long, String>> samples) {}

  private final List<Block> blocks = new CopyOnWriteArrayList<>();
  private int failAtSeries = -1;

  List<Block> blocks() {
    return blocks;
  }

  /** The next block fails at that series. */
  void failAtSeries(int number) {
    failAtSeries = number;
  }

  private Runnable beforeLook = () -> {};

  /** Runs before the next block asks whether it still holds what there is. */
  void beforeNextLook(Runnable action) {
    beforeLook = action;
  }

  /** Takes samples away, as tombstones do. */
  void delete(Deletion deletion) {
    for (Block block : blocks) {
      block.samples.forEach((labels, samples) -> {
        if (deletion.matches(labels)) {
          samples.subMap(deletion.fromMillis(), true, deletion.toMillis(), true).clear();
        }
      });
      block.samples.values().removeIf(NavigableMap::isEmpty);
    }
  }

  @Override
  public boolean write(
      SeriesCursor series,
      long minMillis,
      long maxMillis,
      DiskPace pace,
      BooleanSupplier isStillTrue)
      throws IOException {
    Map<Labels, NavigableMap<Long, String>> all = new TreeMap<>();
    Labels before = null;
    while (series.next()) {
      if (failAtSeries == all.size()) {
        failAtSeries = -1;
        throw new IOException("No space left on device");
      }
      Labels labels = series.labels();
      if (before != null) {
        assertThat(labels).isGreaterThan(before);
      }
      before = labels;
      NavigableMap<Long, String> samples = new TreeMap<>();
      for (EncodedChunk c = series.nextChunk(); c != null; c = series.nextChunk()) {
        add(c, minMillis, maxMillis, samples);
      }
      assertThat(samples).as("%s", labels).isNotEmpty();
      all.put(labels, samples);
    }
    assertThat(all).isNotEmpty();
    Runnable action = beforeLook;
    beforeLook = () -> {};
    action.run();
    if (!isStillTrue.getAsBoolean()) {
      return false;
    }
    blocks.add(new Block(minMillis, maxMillis, all));
    return true;
  }

  private static void add(
      EncodedChunk chunk, long minMillis, long maxMillis, NavigableMap<Long, String> samples) {
    assertThat(chunk.firstMillis()).isGreaterThanOrEqualTo(minMillis);
    assertThat(chunk.lastMillis()).isLessThan(maxMillis);
    SampleBatch batch = new SampleBatch();
    chunk.decode(batch);
    assertThat(batch.size).isPositive();
    assertThat(batch.timestamps[0]).isEqualTo(chunk.firstMillis());
    assertThat(batch.timestamps[batch.size - 1]).isEqualTo(chunk.lastMillis());
    Histogram[] histograms = batch.histograms;
    for (int i = 0; i < batch.size; i++) {
      if (!samples.isEmpty()) {
        assertThat(batch.timestamps[i]).isGreaterThan(samples.lastKey());
      }
      samples.put(
          batch.timestamps[i],
          histograms == null ? Samples.text(batch.values[i]) : Samples.text(histograms[i]));
    }
  }

  /**
   * All samples of a head and of the blocks, as a query would see them. What is in several places
   * is the same there.
   *
   * @param once whether nothing may be in two places
   */
  Map<Labels, List<String>> with(Head head, boolean once) {
    Map<Labels, NavigableMap<Long, String>> all = new TreeMap<>();
    for (HeadSeries series : head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      for (String sample : Samples.of(series)) {
        int at = sample.indexOf('=');
        put(
            all,
            series.labels(),
            Long.parseLong(sample, 0, at, 10),
            sample.substring(at + 1),
            true);
      }
    }
    for (Block block : blocks) {
      block.samples.forEach(
          (labels, samples) -> samples.forEach((time, text) -> put(all, labels, time, text, once)));
    }
    Map<Labels, List<String>> lines = new TreeMap<>();
    all.forEach((labels, samples) -> {
      List<String> some = new ArrayList<>();
      samples.forEach((time, text) -> some.add(time + "=" + text));
      lines.put(labels, some);
    });
    return lines;
  }

  private static void put(
      Map<Labels, NavigableMap<Long, String>> all,
      Labels labels,
      long time,
      String text,
      boolean once) {
    String there = all.computeIfAbsent(labels, l -> new TreeMap<>()).put(time, text);
    if (there != null) {
      assertThat(once).as("%s has two samples at %d", labels, time).isFalse();
      assertThat(text).as("%s at %d", labels, time).isEqualTo(there);
    }
  }
}
