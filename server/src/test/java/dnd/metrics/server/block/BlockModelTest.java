package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.StopAtThirdLook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random series written to a block, and what it answers compared with a map's answers. */
class BlockModelTest {
  private static final long MIN = 1_700_000_000_000L / 7_200_000 * 7_200_000;
  private static final long MAX = MIN + 7_200_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void answersLikeTheModel(long seed) throws IOException {
    Random random = new Random(seed);
    SortedMap<Labels, SampleList> model =
        new RandomSeries(seed).series(RandomSeries.Kind.EVERYTHING, 150, MIN, MAX);
    BlockFiles files = new DiskBlockFiles(folder);
    Ulid ulid = Ulid.of(MIN, random);
    BlockMeta written =
        new BlockWriter(files, 50_000)
            .write(BlockMeta.ofHead(ulid, MIN, MAX), new ModelCursor(model))
            .orElseThrow();
    model.values().removeIf(SampleList::isEmpty);
    assertThat(written.stats().series()).isEqualTo(model.size());
    assertThat(written.stats().samples())
        .isEqualTo(model.values().stream().mapToLong(s -> s.samples().size()).sum());
    assertThat(files.list(ulid + "/chunks")).hasSizeGreaterThan(1);
    assertThat(files.list(ulid.toString()))
        .containsExactly("chunks", "index", "meta.json", "tombstones");

    Block block = Block.open(files, ulid);
    assertThat(block.meta()).isEqualTo(written);
    for (int i = 0; i < 80; i++) {
      long from = MIN - 1000 + random.nextLong(7_300_000);
      long to = random.nextBoolean() ? from + random.nextLong(2_000_000) : Long.MAX_VALUE;
      from = random.nextInt(3) == 0 ? Long.MIN_VALUE : from;
      SourceModel.compare(block, model, SourceModel.matchers(random), from, to);
    }
    SourceModel.assertSame("the block", SourceModel.contentOf(block), model);
    block.release();
    assertThat(block.hold()).as("a closed block is held").isFalse();
  }

  /** However the matchers lead to the series: by values, by asking each series, by none at all. */
  @Test
  void selectionCanBeStoppedWhileItSearches() throws IOException {
    SortedMap<Labels, SampleList> model = new TreeMap<>();
    for (int i = 0; i < 6000; i++) {
      Labels labels = Labels.of("__name__", "x", "id", "" + i, "half", "" + i % 2);
      model.put(labels, new SampleList(List.of(new SampleList.Sample(MIN + 1, i, null))));
    }
    BlockFiles files = new DiskBlockFiles(folder);
    Ulid ulid = Ulid.of(MIN, new Random(1));
    new BlockWriter(files).write(BlockMeta.ofHead(ulid, MIN, MAX), new ModelCursor(model));
    Block block = Block.open(files, ulid);
    for (Matcher matcher :
        List.of(
            new Matcher(Matcher.Type.EQUAL, "__name__", "x"),
            new Matcher(Matcher.Type.REGEX, "id", ".*7"),
            new Matcher(Matcher.Type.NOT_REGEX, "id", ".*7"),
            new Matcher(Matcher.Type.NOT_EQUAL, "none", "1"))) {
      assertThatThrownBy(() -> block.select(List.of(matcher), MIN, MAX, new StopAtThirdLook()))
          .as(matcher.toString())
          .isInstanceOf(StopAtThirdLook.Stopped.class);
    }
    block.release();
  }
}
