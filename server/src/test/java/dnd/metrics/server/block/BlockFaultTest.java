package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static final Deletion DELETION =
      new Deletion(
          List.of(List.of(new Matcher(Matcher.Type.REGEX, "__name__", "metric_[0-2]"))),
          MIN + 1_000_000,
          MIN + 4_000_000);

  private Map<Labels, SampleList> withoutDeleted() {
    TreeMap<Labels, SampleList> left = new TreeMap<>();
    model.forEach((labels, samples) -> {
      List<SampleList.Sample> some = new ArrayList<>(samples.samples());
      if (DELETION.matches(labels)) {
        some.removeIf(
            s -> DELETION.fromMillis() <= s.millis() && s.millis() <= DELETION.toMillis());
      }
      if (!some.isEmpty()) {
        left.put(labels, new SampleList(some));
      }
    });
    return left;
  }

  /** Whether the deletion is done; it is whole or not there at all, and nothing is left over. */
  private boolean isDeleted(MemoryBlockFiles files, String what) throws IOException {
    assertThat(new BlockWriter(files).removeLeftovers(BlockFaultTest::fail)).isEmpty();
    assertThat(files.list(meta.ulid().toString()))
        .as(what)
        .containsExactly("chunks", "index", "meta.json", "tombstones");
    Block block = Block.open(files, meta.ulid());
    boolean deleted = !block.tombstones().isEmpty();
    if (deleted) {
      SourceModel.assertSame(what, SourceModel.contentOf(block), withoutDeleted());
    } else {
      assertIsWhole(files);
    }
    assertThat(block.meta().stats().tombstones()).as(what).isEqualTo(block.tombstones().size());
    block.release();
    return deleted;
  }

  @Test
  void aDeletionIsThereOnceItWasAcknowledged() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int round = 0; round < 20; round++) {
      boolean acknowledged = false;
      for (long step = 0; !acknowledged; step++) {
        String what = "seed %d, step %d".formatted(seed, step);
        MemoryBlockFiles files = new MemoryBlockFiles();
        write(files);
        Block block = Block.open(files, meta.ulid());
        boolean powerCut = random.nextBoolean();
        files.failAfter(step, powerCut ? "the power is cut" : "I/O error", powerCut);
        try {
          block.delete(DELETION);
          acknowledged = true;
        } catch (IOException e) {
          assertThat(e).hasMessageMatching("the power is cut|I/O error");
        }
        if (!powerCut && !acknowledged) { // the disk is well again
          block.delete(DELETION);
          SourceModel.assertSame(what, SourceModel.contentOf(block), withoutDeleted());
        }
        block.release();
        boolean deleted = isDeleted(powerCut ? files.cutPower(random) : files, what);
        assertThat(deleted || (powerCut && !acknowledged)).as(what).isTrue();
        outcomes.merge(powerCut + " " + acknowledged + " " + deleted, 1, Integer::sum);
      }
    }
    assertThat(outcomes).containsKeys("true false false", "true false true", "false false true");
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
        assertThat(new BlockWriter(after).removeLeftovers(BlockFaultTest::fail)).isEmpty();
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

  private static void fail(String report) {
    throw new AssertionError(report);
  }
}
