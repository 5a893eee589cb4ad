package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TombstonesTest {
  private static final long MIN = 7_200_000;
  private static final long MAX = 2 * MIN;

  @Test
  void spansThatTouchAreOne() {
    Tombstones tombstones =
        Tombstones.NONE
            .with(Map.of(7, new DeletedSpan(10, 20)))
            .with(Map.of(7, new DeletedSpan(40, 50)))
            .with(Map.of(8, new DeletedSpan(1, 2)))
            .with(Map.of(7, new DeletedSpan(21, 30)));
    assertThat(tombstones.of(7)).containsExactly(new DeletedSpan(10, 30), new DeletedSpan(40, 50));
    assertThat(tombstones.with(Map.of(7, new DeletedSpan(25, 45))).of(7))
        .containsExactly(new DeletedSpan(10, 50));
    assertThat(tombstones.size()).isEqualTo(3);
  }

  @Test
  void whatIsDeletedIsNotReadAndNotCopied() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model =
        new RandomSeries(31).series(RandomSeries.Kind.EVERYTHING, 20, MIN, MAX);
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(MAX, new Random(31)), MIN, MAX);
    new BlockWriter(files).write(meta, new ModelCursor(model));
    model.values().removeIf(SampleList::isEmpty);
    Random random = new Random(31);
    Tombstones tombstones = Tombstones.NONE;
    Block block = Block.open(files, meta.ulid());
    for (Labels labels : List.copyOf(model.keySet())) {
      for (int spans = random.nextInt(3); spans > 0; spans--) {
        long first = MIN + random.nextLong(MAX - MIN);
        DeletedSpan span = new DeletedSpan(first, first + random.nextLong(3_000_000));
        tombstones = tombstones.with(Map.of(referenceOf(block, labels), span));
        List<SampleList.Sample> left = new ArrayList<>(model.get(labels).samples());
        left.removeIf(sample -> span.contains(sample.millis()));
        model.put(labels, new SampleList(left));
      }
    }
    block.release();
    String path = meta.ulid() + "/tombstones";
    files.delete(path);
    OutputBytes encoded = tombstones.encoded();
    try (BlockFile file = files.create(path)) {
      file.write(encoded.array(), 0, encoded.size());
    }

    Block deleted = Block.open(files, meta.ulid());
    assertThat(deleted.tombstones().size()).isEqualTo(tombstones.size());
    SourceModel.compare(deleted, model, List.of(), MIN, MAX);
    BlockMeta copy = BlockMeta.ofHead(Ulid.of(MAX + 1, random), MIN, MAX);
    new BlockWriter(files).write(copy, deleted.series());
    deleted.release();
    TreeMap<Labels, SampleList> wanted = new TreeMap<>(model);
    wanted.values().removeIf(SampleList::isEmpty);
    Block copied = Block.open(files, copy.ulid());
    SourceModel.assertSame("the copy", SourceModel.contentOf(copied), wanted);
    assertThat(copied.tombstones().isEmpty()).isTrue();
    copied.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void deletionsAreSeenAtOnceAndAfterOpeningAnew(long seed) throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model =
        new RandomSeries(seed).series(RandomSeries.Kind.EVERYTHING, 30, MIN, MAX);
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(MAX, new Random(seed)), MIN, MAX);
    new BlockWriter(files).write(meta, new ModelCursor(model));
    Random random = new Random(seed);
    Block block = Block.open(files, meta.ulid());
    int deletedSome = 0;
    for (int i = 0; i < 20; i++) {
      long from = MIN - 1000 + random.nextLong(MAX - MIN);
      long to = random.nextInt(4) == 0 ? Long.MAX_VALUE : from + random.nextLong(3_000_000);
      List<List<Matcher>> selectors = new ArrayList<>();
      for (int n = 1 + random.nextInt(2); n > 0; n--) {
        List<Matcher> matchers = SourceModel.matchers(random);
        matchers.add(Matcher.equal("__name__", "metric_" + random.nextInt(5)));
        selectors.add(matchers);
      }
      Deletion deletion = new Deletion(selectors, from, to);
      block.delete(deletion);
      for (Labels labels : List.copyOf(model.keySet())) {
        if (deletion.matches(labels)) {
          List<SampleList.Sample> left = new ArrayList<>(model.get(labels).samples());
          deletedSome += left.removeIf(s -> from <= s.millis() && s.millis() <= to) ? 1 : 0;
          model.put(labels, new SampleList(left));
        }
      }
      for (int n = 0; n < 10; n++) {
        long min = MIN + random.nextLong(MAX - MIN);
        List<Matcher> matchers = SourceModel.matchers(random);
        SourceModel.compare(block, model, matchers, min, min + random.nextLong(3_000_000));
      }
      if (random.nextInt(3) == 0) {
        BlockMeta known = block.meta();
        block.release();
        block = Block.open(files, meta.ulid());
        assertThat(block.meta()).isEqualTo(known);
      }
    }
    assertThat(deletedSome).isPositive();
    SourceModel.compare(block, model, List.of(), MIN, MAX);
    assertThat(block.meta().stats().tombstones()).isEqualTo(block.tombstones().size());
    block.release();
  }

  @Test
  void aSeriesOfWhichNothingIsLeftIsNotFound() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model =
        new RandomSeries(5).series(RandomSeries.Kind.FLOATS, 20, MIN, MAX);
    model.values().removeIf(SampleList::isEmpty);
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(MAX, new Random(5)), MIN, MAX);
    new BlockWriter(files).write(meta, new ModelCursor(model));
    Block block = Block.open(files, meta.ulid());
    Labels gone = model.firstKey();
    String name = gone.metricName();
    block.delete(
        new Deletion(List.of(List.of(Matcher.equal("__name__", name))), Long.MIN_VALUE, MAX));
    assertThat(block.select(List.of(), MIN, MAX))
        .isNotEmpty()
        .noneMatch(series -> series.labels().metricName().equals(name));
    assertThat(block.labelValues("__name__", List.of(), MIN, MAX))
        .isNotEmpty()
        .doesNotContain(name);
    block.release();
  }

  private static int referenceOf(Block block, Labels labels) {
    return block.select(List.of(), MIN, MAX).stream()
        .filter(series -> series.labels().equals(labels))
        .map(series -> ((BlockSeries) series).reference())
        .findFirst()
        .orElseThrow();
  }
}
