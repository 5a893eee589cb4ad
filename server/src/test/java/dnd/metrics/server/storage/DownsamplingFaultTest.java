package dnd.metrics.server.storage;

import static dnd.metrics.server.storage.DownsamplingTest.BLOCK;
import static dnd.metrics.server.storage.DownsamplingTest.HOUR;
import static dnd.metrics.server.storage.DownsamplingTest.START;
import static dnd.metrics.server.storage.DownsamplingTest.labels;
import static dnd.metrics.server.storage.DownsamplingTest.writeBlock;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.ArraySource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk that fails, fills up or loses its power at each step of downsampling in turn. */
class DownsamplingFaultTest {
  private static final int BLOCKS = 2;
  private static final long END = START + BLOCKS * BLOCK;
  private static final DownsamplingTimes TIMES =
      new DownsamplingTimes(Map.of(DownsamplingTimes.FIVE_MINUTES, Retention.FOR_EVER));
  private static final List<String> QUERIES =
      List.of("rate(c_total[1h])", "avg_over_time(g[10m])", "max_over_time(g[1h])");

  private final InstantSource clock =
      InstantSource.fixed(Instant.ofEpochMilli(END + 11 * 24 * HOUR));
  private final CurrentRetention retention =
      new CurrentRetention(Retention.EVERYTHING, Optional.empty(), Compactor.LONGEST_MILLIS);
  private final Random names = new Random(1);
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  /** A service's raw blocks, and a disk for each kind of downsampled ones. */
  private final class Life {
    final MemoryBlockFiles files;
    final Map<String, MemoryBlockFiles> folders;
    final Blocks blocks;
    final DownsampledBlocks downsampled;

    Life(MemoryBlockFiles files, Map<String, MemoryBlockFiles> folders) throws IOException {
      this.files = files;
      this.folders = folders;
      blocks = Blocks.open(files, DownsamplingTest::fail);
      downsampled = DownsamplingTest.openDownsampled(TIMES, folders);
    }

    void downsampleAll() throws IOException {
      DownsamplingTest.downsampleAll(
          new Downsampler(blocks, downsampled, retention, Retention.FOR_EVER, 0, clock, names));
    }

    /** A block of a late sample comes, and all become one. */
    void change() throws IOException {
      TreeMap<Labels, SampleList> late = new TreeMap<>();
      late.put(labels("g", 0), new SampleList(List.of(new Sample(START + 1, 1e6, null))));
      blocks.add(writeBlock(files, late, START, START + BLOCK, 9));
      CompactorTest.compactAll(new Compactor(blocks, retention, clock, new Random(2)));
    }

    List<QueryResult> answers() {
      return answersOf(new Storage(new ArraySource(), blocks, downsampled));
    }

    List<QueryResult> rawAnswers() {
      return answersOf(new Storage(new ArraySource(), blocks));
    }

    void check(String what) {
      assertSame(what, rawAnswers(), answers());
    }

    Life afterPowerCut(Random random) throws IOException {
      downsampled.close();
      blocks.close();
      Map<String, MemoryBlockFiles> after = new TreeMap<>();
      folders.forEach((name, each) -> after.put(name, each.cutPower(random)));
      return new Life(files.cutPower(random), after);
    }
  }

  private List<QueryResult> answersOf(Storage storage) {
    List<QueryResult> answers = new ArrayList<>();
    for (String query : QUERIES) {
      answers.add(engine.range(storage, query, START, END, HOUR, QueryOptions.defaults()));
    }
    return answers;
  }

  private static void assertSame(String what, List<QueryResult> wanted, List<QueryResult> found) {
    for (int i = 0; i < wanted.size(); i++) {
      DownsamplingTest.assertSame(what + ": " + QUERIES.get(i), wanted.get(i), found.get(i));
    }
  }

  /**
   * @param again whether the blocks were downsampled before, and have changed since
   */
  @ParameterizedTest
  @CsvSource({
    "I/O error, false, false",
    "No space left on device, true, false",
    "the power is cut, false, true",
    "the power is cut, true, true"
  })
  void whereItFailsItGoesOn(String message, boolean again, boolean powerCut) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    MemoryBlockFiles raw = new MemoryBlockFiles();
    Map<Labels, SampleList> model = DownsamplingTest.model(new Random(3));
    for (int i = 0; i < BLOCKS; i++) {
      writeBlock(raw, model, START + i * BLOCK, START + (i + 1) * BLOCK, i);
    }
    int failed = 0;
    for (String kind : List.of("5m-count", "5m-max", "5m-edges", "5m-weights")) {
      boolean whole = false;
      for (long step = 0; !whole; step++) {
        Life life = new Life(raw.cutPower(new Random(1)), new TreeMap<>());
        if (again) {
          life.downsampleAll();
          life.change();
        }
        life.folders.get(kind).failAfter(step, message, powerCut);
        String what = "seed %d, %s, step %d of %s".formatted(seed, message, step, kind);
        try {
          life.downsampleAll();
          whole = true;
        } catch (IOException e) {
          assertThat(e).as(what).hasMessage(message);
          failed++;
        }
        life.check(what);
        if (powerCut) {
          life = life.afterPowerCut(random);
          life.check(what + ", afterwards");
        }
        life.downsampleAll();
        life.check(what + ", tried again");
        for (Map.Entry<String, MemoryBlockFiles> each : life.folders.entrySet()) {
          assertThat(each.getValue().list("")) // and the empty folder wal
              .as(what + ": " + each.getKey())
              .hasSize(1 + life.blocks.ulids().size());
        }
        List<QueryResult> wanted = life.rawAnswers();
        life.blocks.replace(life.blocks.ulids(), List.of());
        assertSame(what + ", without raw blocks", wanted, life.answers());
      }
    }
    assertThat(failed).isGreaterThan(50);
  }
}
