package dnd.metrics.server.storage;

import static dnd.metrics.server.storage.DownsamplingTest.HOUR;
import static dnd.metrics.server.storage.DownsamplingTest.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.test.MemorySource;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Much to compact and much to downsample at once, as after many old samples were pushed. */
class BlockMaintenanceTest {
  private static final long START = 3 * 236_007 * 2 * HOUR;
  private static final long BLOCK = Compactor.RANGE_MILLIS;
  private static final int BLOCKS = 27;
  private static final long END = START + BLOCKS * BLOCK;
  private static final DownsamplingTimes TIMES =
      new DownsamplingTimes(Map.of(DownsamplingTimes.FIVE_MINUTES, Retention.FOR_EVER));
  private static final Labels LABELS = Labels.of("__name__", "gold_total");
  private static final Labels OTHER = Labels.of("__name__", "queue");

  private final InstantSource clock =
      InstantSource.fixed(Instant.ofEpochMilli(END + 11 * 24 * HOUR));
  private final Random random = new Random(7);
  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final Map<String, MemoryBlockFiles> folders = new HashMap<>();
  private Retention retention = Retention.EVERYTHING;
  private Blocks blocks;
  private DownsampledBlocks downsampled;
  private BlockMaintenance maintenance;

  private void open() throws IOException {
    for (int i = 0; i < BLOCKS; i++) {
      long min = START + i * BLOCK;
      List<SampleList.Sample> samples = new ArrayList<>();
      for (long at = min + MINUTE; at < min + BLOCK; at += MINUTE) {
        samples.add(new SampleList.Sample(at, at, null));
      }
      SortedMap<Labels, SampleList> content = new TreeMap<>();
      content.put(LABELS, new SampleList(samples));
      content.put(OTHER, new SampleList(samples));
      new BlockWriter(files)
          .write(
              BlockMeta.ofHead(Ulid.of(min, random), min, min + BLOCK), new ModelCursor(content));
    }
    blocks = Blocks.open(files, DownsamplingTest::fail);
    downsampled = DownsamplingTest.openDownsampled(TIMES, folders);
    CurrentRetention current =
        new CurrentRetention(retention, Optional.empty(), Compactor.LONGEST_MILLIS);
    maintenance =
        new BlockMaintenance(
            new Downsampler(blocks, downsampled, current, Retention.FOR_EVER, 0, clock, random),
            new Compactor(blocks, current, clock, random));
  }

  private void takeAllTurns() throws IOException {
    boolean more = true;
    while (more) {
      more = maintenance.takeTurn();
    }
  }

  private long counted(Labels labels) {
    Blocks counts =
        downsampled.all().get(new Downsampling(Aggregate.COUNT, DownsamplingTimes.FIVE_MINUTES));
    return (long)
        SourceModel.contentOf(new Storage(new MemorySource(), counts).view())
            .get(labels)
            .samples()
            .stream()
            .mapToDouble(SampleList.Sample::value)
            .sum();
  }

  @Test
  void compactionDoesNotWaitUntilAllIsDownsampled() throws IOException {
    open();
    int turns = 0;
    while (blocks.ulids().size() > 11) { // the last of nine ranges of six hours is not complete
      int before = blocks.ulids().size();
      maintenance.takeTurn();
      turns++;
      assertThat(blocks.ulids()).as("after turn %d", turns).hasSize(before - 2);
      assertThat(downsampled.ulids()).as("one in a turn").hasSize(turns);
    }
    takeAllTurns();
    assertThat(blocks.ulids()).hasSizeLessThan(11);
    assertThat(downsampled.ulids()).hasSize(blocks.ulids().size() * Aggregate.values().length);
    assertThat(counted(LABELS)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
  }

  @Test
  void aFolderThatCannotBeRemovedKeepsNothingElseFromBeingDone() throws IOException {
    open();
    String stuck = blocks.ulids().getFirst().toString();
    files.failDeletionsOf(stuck);
    takeAllTurns();
    maintenance.takeTurn();
    assertThat(maintenance.failures()).isPositive();
    assertThat(blocks.ulids()).hasSizeLessThan(11);
    assertThat(counted(LABELS)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
    assertThat(files.list("")).hasSize(blocks.ulids().size() + 2).contains("wal");
    files.failDeletionsOf("");
    maintenance.takeTurn();
    assertThat(files.list("")).hasSize(blocks.ulids().size() + 1);
  }

  @Test
  void whatIsOverGoesOnceItIsDownsampled() throws IOException {
    retention =
        new Retention(
            10 * 24 * HOUR,
            Long.MAX_VALUE,
            List.of(new RetentionRule(List.of(Matcher.equal("__name__", "queue")), 9 * 24 * HOUR)));
    open();
    takeAllTurns();
    assertThat(blocks.ulids()).isEmpty();
    assertThat(counted(LABELS)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
    assertThat(counted(OTHER)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
  }

  /** What was deleted goes first, as a block that is made anew, which is then downsampled. */
  @Test
  void whatIsOverAndOfWhichSomethingIsDeletedIsDownsampledToo() throws IOException {
    retention = new Retention(10 * 24 * HOUR, Long.MAX_VALUE, List.of());
    open();
    List<Matcher> other = List.of(Matcher.equal("__name__", "queue"));
    blocks.delete(new Deletion(List.of(other), START, END), nothing -> {});
    assertThat(blocks.status().tombstones()).isEqualTo(BLOCKS);
    takeAllTurns();
    assertThat(blocks.ulids()).isEmpty();
    assertThat(downsampled.ulids()).isNotEmpty();
    assertThat(counted(LABELS)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
  }

  @Test
  void whereThereIsNoRoomTheOldestThatWaitsKeepsThoseBehindIt() throws IOException {
    retention = new Retention(Retention.FOR_EVER, 1, List.of());
    open();
    takeAllTurns();
    assertThat(blocks.ulids()).isEmpty();
    assertThat(counted(LABELS)).isEqualTo(BLOCKS * (BLOCK / MINUTE - 1));
  }
}
