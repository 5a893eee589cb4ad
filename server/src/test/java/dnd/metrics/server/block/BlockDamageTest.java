package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bit that has turned: it is found and told with the file's name, or it said nothing. */
class BlockDamageTest {
  private static final long MIN = 7_200_000;
  private static final long MAX = 2 * MIN;

  @ParameterizedTest
  @ValueSource(strings = {"index", "chunks/000001", "chunks/000002", "tombstones"})
  void aTurnedBitIsNeverAWrongAnswer(String file) throws IOException {
    SortedMap<Labels, SampleList> model =
        new RandomSeries(9).series(RandomSeries.Kind.EVERYTHING, 10, MIN, MAX);
    MemoryBlockFiles files = new MemoryBlockFiles();
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(MAX, new Random(9)), MIN, MAX);
    new BlockWriter(files, 15_000).write(meta, new ModelCursor(model));
    model.values().removeIf(SampleList::isEmpty);
    String path = meta.ulid() + "/" + file;
    int bits = files.contentOf(path).length * 8;
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int found = 0;
    int checked = 0;
    for (int bit = 0; bit < bits; bit += bits > 2000 ? 1 + random.nextInt(bits / 500) : 1) {
      MemoryBlockFiles damaged = files.withFlippedBit(path, bit);
      checked++;
      try {
        Block block = Block.open(damaged, meta.ulid());
        String what = "seed %d, bit %d of %s".formatted(seed, bit, file);
        SourceModel.assertSame(what, SourceModel.contentOf(block), model);
        for (Labels labels : model.keySet()) {
          Matcher matcher = Matcher.equal("instance", labels.get("instance"));
          SourceModel.compare(block, model, List.of(matcher), MIN, MAX);
        }
        block.release();
      } catch (DamagedBlockException e) {
        assertThat(e.getMessage()).contains(meta.ulid().toString(), "damaged at byte ");
        found++;
      }
    }
    // The rest are zeros between sections, and what nobody reads.
    assertThat(found).as("found of %s, seed %s", checked, seed).isGreaterThan(checked * 3 / 4);
  }
}
