package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A disk that fails at each step of writing a block in turn, and a power cut at each. */
class BlockFaultTest {
  private static final long MIN = 7_200_000;
  private static final long MAX = 2 * MIN;

  private final SortedMap<Labels, SampleList> model =
      new RandomSeries(5).series(RandomSeries.Kind.EVERYTHING, 12, MIN, MAX);
  private final BlockMeta meta = BlockMeta.ofHead(Ulid.of(MAX, new Random(5)), MIN, MAX);

  private void write(BlockFiles files) throws IOException {
    new BlockWriter(files, 10_000).write(meta, new ModelCursor(model));
  }

  private long stepsOfOneBlock() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files);
    return files.steps();
  }

  private void assertIsWhole(BlockFiles files) throws IOException {
    Block block = Block.open(files, meta.ulid());
    TreeMap<Labels, SampleList> wanted = new TreeMap<>(model);
    wanted.values().removeIf(SampleList::isEmpty);
    SourceModel.assertSame("the block", SourceModel.contentOf(block), wanted);
    block.release();
  }

  @Test
  void afterAnErrorNothingIsLeftAndTheNextTryWorks() throws IOException {
    long steps = stepsOfOneBlock();
    assertThat(steps).isGreaterThan(30);
    for (long step = 0; step < steps; step++) {
      MemoryBlockFiles files = new MemoryBlockFiles();
      files.failAfter(step, "No space left on device", false);
      assertThatThrownBy(() -> write(files))
          .isInstanceOf(IOException.class)
          .hasMessage("No space left on device");
      assertThat(files.everything()).as("step %s", step).isEmpty();
      write(files);
      assertIsWhole(files);
    }
  }

  @Test
  void afterAPowerCutABlockIsThereWholeOrNotAtAll() throws IOException {
    long steps = stepsOfOneBlock();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Boolean, Integer> outcomes = new TreeMap<>();
    for (int round = 0; round < 3; round++) {
      for (long step = 0; step <= steps; step++) {
        MemoryBlockFiles files = new MemoryBlockFiles();
        files.failAfter(step, "the power is cut", true);
        boolean acknowledged = false;
        try {
          write(files);
          acknowledged = true;
        } catch (IOException e) {
          assertThat(e).hasMessage("the power is cut");
        }
        MemoryBlockFiles after = files.cutPower(random);
        new BlockWriter(after).removeLeftovers();
        String what = "seed %d, step %d".formatted(seed, step);
        boolean there = after.list("").contains(meta.ulid().toString());
        assertThat(after.list("")).as(what).hasSize(there ? 1 : 0);
        if (there) {
          assertIsWhole(after);
        }
        assertThat(there || !acknowledged).as(what).isTrue();
        outcomes.merge(there, 1, Integer::sum);
      }
    }
    assertThat(outcomes.keySet()).containsExactly(false, true);
  }
}
