package dnd.metrics.server.storage;

import static dnd.metrics.server.storage.DownsamplingTest.BLOCK;
import static dnd.metrics.server.storage.DownsamplingTest.BLOCKS;
import static dnd.metrics.server.storage.DownsamplingTest.END;
import static dnd.metrics.server.storage.DownsamplingTest.HOUR;
import static dnd.metrics.server.storage.DownsamplingTest.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.PatientSource;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.objects.MemoryStore;
import dnd.metrics.server.objects.StoredObject;
import dnd.metrics.server.promql.exec.ArraySource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Downsampled blocks in the object store. */
class DownsampledObjectsTest {
  private static final List<String> QUERIES =
      List.of("rate(c_total[1h])", "avg_over_time(g[10m])", "max_over_time(g[1h])", "c_total");

  private final Random names = new Random(1);
  private final MemoryStore store = new MemoryStore();
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());
  private MemoryBlockFiles files = new MemoryBlockFiles();
  private Map<String, MemoryBlockFiles> folders = new HashMap<>();
  private long now = END + 11 * 24 * HOUR;
  private long keptMillis = Retention.FOR_EVER;
  private long localMillis = Retention.FOR_EVER;
  private long localBytes = Long.MAX_VALUE;
  private long cacheBytes = 64 << 20;

  private final class Life implements AutoCloseable {
    final Blocks blocks = Blocks.open(files, DownsamplingTest::fail);
    final DownsampledBlocks downsampled =
        DownsamplingTest.openDownsampled(
            new DownsamplingTimes(
                Map.of(
                    DownsamplingTimes.FIVE_MINUTES,
                    keptMillis,
                    DownsamplingTimes.ONE_HOUR,
                    Retention.FOR_EVER)),
            folders);
    final InstantSource clock = () -> Instant.ofEpochMilli(now);
    final CurrentRetention retention =
        new CurrentRetention(Retention.EVERYTHING, Optional.empty(), Compactor.LONGEST_MILLIS);
    final Downsampler downsampler =
        new Downsampler(blocks, downsampled, retention, localMillis, 0, clock, names);
    final ObjectMaintenance objects =
        ObjectMaintenance.open(
            blocks,
            downsampled,
            downsampler::waiting,
            store,
            new MemoryBlockFiles(),
            Map.of("who", "test"),
            new ObjectSettings(Optional.empty(), cacheBytes, localMillis, localBytes),
            retention,
            clock);

    Life() throws IOException {}

    void downsampleAll() throws IOException {
      DownsamplingTest.downsampleAll(downsampler);
    }

    Storage storage() {
      return new Storage(new ArraySource(), blocks, downsampled);
    }

    QueryResult ask(String query, long start, long end) {
      return ask(query, start, end, TimeUnit.MINUTES.toNanos(1));
    }

    QueryResult ask(String query, long start, long end, long patienceNanos) {
      SeriesSource source =
          new PatientSource(storage(), System.nanoTime() + patienceNanos, new Semaphore(1));
      return engine.range(source, query, start, end, HOUR, QueryOptions.defaults());
    }

    List<QueryResult> answers() {
      return QUERIES.stream().map(query -> ask(query, START, END)).toList();
    }

    void check(String what, List<QueryResult> wanted) {
      List<QueryResult> found = answers();
      for (int i = 0; i < wanted.size(); i++) {
        DownsamplingTest.assertSame(what + ": " + QUERIES.get(i), wanted.get(i), found.get(i));
      }
    }

    int localBlocks() {
      return downsampled.ulids().size();
    }

    /** Raw blocks go, here and in the store, as when their time is over. */
    void removeRawBlocks() throws IOException {
      for (String meta : store.names("meta.json")) {
        if (!meta.startsWith("downsampled/")) {
          blocks.removeForGood(List.of(Ulid.parse(meta.substring(0, meta.indexOf('/')))));
        }
      }
      objects.run();
      assertThat(store.names("")).allMatch(name -> name.startsWith("downsampled/"));
    }

    @Override
    public void close() throws IOException {
      objects.close();
      downsampled.close();
      blocks.close();
    }
  }

  private static final class EmptyHead implements NamelessSource {
    @Override
    public boolean isInMemory(long fromMillis, long toMillis) {
      return true;
    }

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return List.of();
    }
  }

  private void write() throws IOException {
    Map<Labels, SampleList> model = DownsamplingTest.model(new Random(4));
    for (int i = 0; i < BLOCKS; i++) {
      long min = START + i * BLOCK;
      DownsamplingTest.writeBlock(files, model, min, min + BLOCK, i);
    }
  }

  /** Another machine: nothing is on its disk. */
  private void loseTheDisk() {
    files = new MemoryBlockFiles();
    folders = new HashMap<>();
  }

  @Test
  void theyAreThereWithTheirResolutionAndAreReadFromThere() throws IOException {
    write();
    List<QueryResult> wanted;
    try (Life life = new Life()) {
      life.objects.run();
      wanted = life.answers();
      life.downsampleAll();
      life.objects.run();
      life.check("raw ones and downsampled ones here and there", wanted);
      assertThat(life.objects.status().waitingBlocks()).isZero();
      assertThat(life.objects.status().blocks())
          .isEqualTo(life.localBlocks() + life.blocks.ulids().size());
      long steps = store.steps();
      life.objects.run();
      assertThat(store.steps() - steps)
          .as("where there is nothing to do the store is listed")
          .isOne();
      life.removeRawBlocks();
      life.check("without raw blocks", wanted);
    }
    List<String> metas = store.names("meta.json");
    assertThat(metas).hasSizeGreaterThan(12);
    for (String name : metas) {
      JsonNode thanos = JsonMapper.shared().readTree(store.contentOf(name)).get("thanos");
      String kind = name.split("/")[1];
      assertThat(thanos.at("/downsample/resolution").longValue())
          .isEqualTo(kind.startsWith("5m") ? 300_000 : 3_600_000);
      assertThat(thanos.at("/labels/dnd_metrics_aggregate").stringValue())
          .isEqualTo(kind.substring(3));
      assertThat(thanos.at("/labels/who").stringValue()).isEqualTo("test");
    }

    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.localBlocks()).as("local copies").isZero();
      Storage storage = new Storage(new EmptyHead(), life.blocks, life.downsampled);
      try (SeriesView view = storage.view()) {
        assertThat(view.isInMemory(START, END - 1)).isFalse();
        assertThat(view.isInMemory(END, END + HOUR)).isTrue();
      }
      assertThat(life.objects.status().cacheBytes()).as("opened for that").isZero();
      life.check("in the store only", wanted);
      assertThat(life.objects.status().cacheBytes()).isPositive();
      life.downsampleAll();
      assertThat(life.localBlocks()).as("made again").isZero();
    }
    loseTheDisk();
    try (Life life = new Life()) {
      assertThatThrownBy(
              () -> life.ask(QUERIES.getFirst(), START, END, TimeUnit.MILLISECONDS.toNanos(500)))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("not known yet");
      CompletableFuture<List<QueryResult>> waiting = CompletableFuture.supplyAsync(life::answers);
      life.objects.run();
      assertThat(waiting.join()).hasSameSizeAs(wanted);
      life.check("on another machine", wanted);
      QueryResult standIn = life.ask("c_total", START, END);
      assertThat(standIn.annotations().warnings().toString()).contains("raw samples");
    }
  }

  /** Right after a start; there is an older raw block, so that raw samples begin before those. */
  @Test
  void whatIsOnlyInAStoreThatIsAwayIsNotMissedInSilence() throws IOException {
    write();
    List<QueryResult> wanted;
    try (Life life = new Life()) {
      life.objects.run();
      wanted = life.answers();
      life.downsampleAll();
      life.objects.run();
      life.removeRawBlocks();
    }
    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.localBlocks()).as("local copies").isZero();
    }
    SampleList one = new SampleList(List.of(new SampleList.Sample(START - HOUR, 1, null)));
    Map<Labels, SampleList> late = Map.of(Labels.of("__name__", "x"), one);
    DownsamplingTest.writeBlock(files, late, START - BLOCK, START, 100);
    try (Life life = new Life()) {
      store.failAfter(0, true);
      assertThatThrownBy(life.objects::run).hasMessage("the store is away");
      for (String query : QUERIES) {
        assertThatThrownBy(() -> life.ask(query, START, END))
            .isInstanceOf(QueryException.class)
            .hasMessageContaining("not known yet");
      }
      Storage storage = new Storage(new EmptyHead(), life.blocks, life.downsampled);
      try (SeriesView view = storage.view()) {
        assertThat(view.isInMemory(START, END - 1)).isFalse();
        assertThat(view.isInMemory(END, END + HOUR)).isTrue();
      }
      assertThat(life.ask("c_total", END + HOUR, END + 2 * HOUR)).isNotNull();
      store.failAfter(Long.MAX_VALUE, false);
      life.objects.run();
      life.check("when it is back", wanted);
    }
  }

  @Test
  void aFolderThatCannotBeLookedAtKeepsNoRawBlockFromTheStore() throws IOException {
    write();
    try (Life life = new Life()) {
      String kind = life.downsampled.all().keySet().iterator().next().toString();
      String refused = "downsampled/" + kind + "/" + Ulid.of(START, new Random(1)) + "/meta.json";
      store.put(refused, MemorySegment.ofArray(new byte[1]));
      store.failReadsOf(refused);
      assertThatThrownBy(life.objects::run).hasMessageEndingWith("is refused");
      assertThat(store.names("meta.json")).hasSize(BLOCKS + 1);
      assertThat(life.objects.status().problem()).endsWith("is refused");
      store.failReadsOf("");
    }
  }

  @Test
  void aFolderThatCannotBeWorkedOnKeepsNoOtherFromItsTurn() throws IOException {
    write();
    try (Life life = new Life()) {
      life.downsampleAll();
      List<String> kinds =
          life.downsampled.all().keySet().stream().map(kind -> kind.toString()).toList();
      String folder = "downsampled/" + kinds.getFirst() + "/";
      String refused = folder + Ulid.of(START, new Random(1)) + "/meta.json";
      store.put(refused, MemorySegment.ofArray(new byte[1]));
      store.failReadsOf(refused);
      for (int run = 1; run <= 2; run++) {
        assertThatThrownBy(life.objects::run).hasMessageEndingWith("is refused");
        assertThat(life.objects.status().failures()).isEqualTo(run);
        assertThat(life.objects.status().problem()).endsWith("is refused");
      }
      assertThat(store.names("/index")).noneMatch(name -> name.startsWith(folder));
      for (String other : kinds.subList(1, kinds.size())) {
        assertThat(store.names("/index")).anyMatch(n -> n.startsWith("downsampled/" + other + "/"));
      }
      store.failReadsOf("");
      life.objects.run();
      assertThat(life.objects.status().problem()).isNull();
      assertThat(store.names("/index")).anyMatch(name -> name.startsWith(folder));
    }
  }

  @Test
  void whereTheStoreGoesAwayNotEachFolderWaitsForIt() throws IOException {
    write();
    try (Life life = new Life()) {
      life.downsampleAll();
      long steps = store.steps();
      store.failAfter(1, true);
      assertThatThrownBy(life.objects::run).hasMessage("the store is away");
      assertThat(store.steps() - steps).as("a list, an object, and a list again").isEqualTo(3);
      assertThat(life.objects.status().failures()).isOne();
      store.failAfter(Long.MAX_VALUE, false);
      life.objects.run();
      assertThat(life.objects.status().waitingBlocks()).isZero();
    }
  }

  @Test
  void whereItIsBrokenOffItGoesOn() throws IOException {
    write();
    List<QueryResult> wanted;
    try (Life life = new Life()) {
      life.objects.run();
      wanted = life.answers();
      life.downsampleAll();
    }
    MemoryBlockFiles before = files;
    Map<String, MemoryBlockFiles> foldersBefore = folders;
    Random random = new Random(6);
    localMillis = 12 * HOUR;
    int failed = 0;
    for (int step = 0; step < 400; step += 7) {
      files = before.cutPower(random);
      folders = new HashMap<>();
      foldersBefore.forEach((name, each) -> folders.put(name, each.cutPower(random)));
      for (StoredObject object : store.list("")) {
        store.delete(object.name());
      }
      String what = "step " + step;
      try (Life life = new Life()) {
        store.failAfter(step, false);
        try {
          life.objects.run();
          life.check(what, wanted);
        } catch (IOException | QueryException e) {
          assertThat(e).hasMessageContaining("the store is away");
          failed++;
        }
        store.failAfter(Long.MAX_VALUE, false);
      }
      folders.replaceAll((name, each) -> each.cutPower(random));
      try (Life life = new Life()) {
        life.objects.run();
        life.check(what + ", after a restart", wanted);
        assertThat(life.objects.status().waitingBlocks()).as(what).isZero();
        assertThat(life.localBlocks()).as(what).isZero();
      }
    }
    assertThat(failed).isGreaterThan(20);
  }

  @Test
  void localCopiesGoWhenTheirDownsampledBlocksAreMade() throws IOException {
    write();
    now = START + 2 * BLOCK + 40 * HOUR; // the first two are due
    List<Ulid> all;
    try (Life life = new Life()) {
      all = life.blocks.ulids();
      assertThat(all).hasSize(BLOCKS);
      localBytes = life.blocks.status().bytes() - 1;
    }
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.ulids())
          .containsExactly(all.get(0), all.get(1), all.get(3), all.get(4));
      localBytes = life.blocks.status().bytes() - 1;
      life.downsampleAll();
      assertThat(life.localBlocks()).isPositive();
    }
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.ulids()).containsExactly(all.get(1), all.get(3), all.get(4));
    }
  }

  @Test
  void whatIsDeletedDoesNotComeBackFromTheStore() throws IOException {
    write();
    localMillis = 12 * HOUR;
    List<QueryResult> wanted;
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
      life.removeRawBlocks();
      life.objects.run();
      assertThat(life.localBlocks()).isZero();
      Deletion gauges =
          new Deletion(List.of(List.of(Matcher.equal("__name__", "g"))), START, START + 2 * BLOCK);
      life.downsampled.delete(gauges);
      assertIsGone(life);
      wanted = life.answers();
      life.downsampleAll(); // makes it true
      life.check("made true", wanted);
      life.objects.run();
      life.objects.run();
      life.check("in the store again", wanted);
      assertThat(life.localBlocks()).isZero();
    }
    loseTheDisk();
    try (Life life = new Life()) {
      life.objects.run();
      assertIsGone(life);
      life.check("on another machine", wanted);
    }
  }

  @Test
  void whatComesLateTakesNothingWhereTheRawBlockIsInTheStoreOnly() throws IOException {
    write();
    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
      life.objects.run();
      assertThat(life.blocks.ulids()).isEmpty();
      List<QueryResult> wanted = life.answers();
      SampleList one = new SampleList(List.of(new SampleList.Sample(START + 1, 1, null)));
      Map<Labels, SampleList> late = Map.of(Labels.of("__name__", "x"), one);
      life.blocks.add(DownsamplingTest.writeBlock(files, late, START, START + BLOCK, 100));
      life.downsampleAll();
      life.check("beside what came late", wanted);
      life.objects.run();
      life.removeRawBlocks();
      life.check("without raw blocks", wanted);
    }
  }

  @Test
  void aDeletionThatHitsNothingOfARawBlockInTheStoreTakesNothingFromAnswers() throws IOException {
    write();
    long first =
        DownsamplingTest.model(new Random(4)).values().stream()
            .mapToLong(samples -> samples.samples().getFirst().millis())
            .min()
            .orElseThrow();
    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
      life.objects.run();
      String counts = "count_over_time(g[1h])";
      QueryResult wanted = life.ask(counts, START, END);
      Deletion deletion =
          new Deletion(List.of(List.of(Matcher.equal("__name__", "g"))), START, first - 1);
      life.blocks.delete(deletion, head -> {});
      life.downsampled.delete(deletion); // of the whole window
      assertThat(life.blocks.ulids()).as("it is still there only").isEmpty();
      DownsamplingTest.assertSame("deleted", wanted, life.ask(counts, START, END));
      life.downsampleAll();
      DownsamplingTest.assertSame("written anew", wanted, life.ask(counts, START, END));
    }
  }

  private static void assertIsGone(Life life) {
    QueryResult found = life.ask("count_over_time(g[1h])", START + HOUR, START + 2 * BLOCK);
    assertThat(((MatrixValue) found.value()).series()).isEmpty();
  }

  @Test
  void theyGoWhenTheirTimeIsOver() throws IOException {
    write();
    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
    }
    keptMillis = 12 * 24 * HOUR;
    now = END + 12 * 24 * HOUR - BLOCK; // all but the last of 5 minutes are over
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
      life.objects.run();
      assertThat(store.names("meta.json").stream().filter(name -> name.contains("/5m-count/")))
          .hasSize(1);
      assertThat(store.names("meta.json").stream().filter(name -> name.contains("/1h-count/")))
          .hasSize(BLOCKS);
    }
  }

  @Test
  void namesOfLabelsAreToldWithoutOpenBlocksOfAStoreThatIsAway() throws IOException {
    write();
    localMillis = 12 * HOUR;
    try (Life life = new Life()) {
      life.downsampleAll();
      life.objects.run();
      life.removeRawBlocks();
    }
    cacheBytes = // so that of one index nothing is here any more when the next is read
        store.list("downsampled/5m-edges/").stream()
            .filter(object -> object.name().endsWith("/index"))
            .mapToLong(StoredObject::byteSize)
            .max()
            .orElseThrow();
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.localBlocks()).isZero();
      List<Matcher> gauges = List.of(Matcher.equal("__name__", "g"));
      Storage storage = new Storage(new EmptyHead(), life.blocks, life.downsampled);
      List<String> names = storage.labelNames(gauges, START, END);
      assertThat(names).contains("__name__");
      store.failAfter(0, true);
      assertThat(storage.labelNames(gauges, START, END)).isSubsetOf(names);
      store.failAfter(Long.MAX_VALUE, false);
      assertThat(storage.labelNames(gauges, START, END)).isEqualTo(names);
    }
  }
}
