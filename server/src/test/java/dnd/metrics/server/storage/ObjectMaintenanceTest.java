package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.RandomSeries;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SearchProgress;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.objects.MemoryStore;
import dnd.metrics.server.objects.ObjectStore;
import dnd.metrics.server.objects.StoredObject;
import dnd.metrics.server.promql.test.MemorySource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ObjectMaintenanceTest {
  private static final long RANGE = 7_200_000;
  private static final long START = 236_007 * RANGE;
  private static final int RANGES = 12;

  private MemoryBlockFiles files = new MemoryBlockFiles();
  private MemoryBlockFiles cache = new MemoryBlockFiles();
  private final MemoryStore store = new MemoryStore();
  private final Random random = new Random(5);
  private long now = START + RANGES * RANGE;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private Retention retention = Retention.EVERYTHING;
  private long cacheBytes = 64 << 20;
  private long localMillis = 4 * RANGE;
  private long localBytes = Long.MAX_VALUE;
  private Set<Ulid> waiting = Set.of();
  private SortedMap<Labels, SampleList> model;
  private int written;

  /** A service's blocks, with what looks after them. */
  private final class Life implements AutoCloseable {
    final Blocks blocks;
    final ObjectMaintenance objects;
    final Compactor compactor;

    Life() throws IOException {
      blocks =
          Blocks.open(
              files,
              report -> {
                throw new IllegalStateException(report);
              });
      CurrentRetention current = new CurrentRetention(retention, Optional.empty(), Long.MAX_VALUE);
      objects =
          ObjectMaintenance.open(
              blocks,
              DownsampledBlocks.none(),
              raw -> waiting,
              store,
              cache,
              Map.of("who", "test"),
              new ObjectSettings(Optional.empty(), cacheBytes, localMillis, localBytes),
              current,
              clock);
      compactor = new Compactor(blocks, current, clock, random);
    }

    void compactAll() throws IOException {
      CompactorTest.compactAll(compactor);
    }

    void check(String what) {
      try (SeriesView view = new Storage(new MemorySource(), blocks).view()) {
        SourceModel.assertSame(what, SourceModel.contentOf(view), model);
      }
    }

    @Override
    public void close() throws IOException {
      objects.close();
      blocks.close();
    }
  }

  private void fill(long seed, int series) throws IOException {
    model =
        new RandomSeries(seed)
            .series(RandomSeries.Kind.EVERYTHING, series, START, START + RANGES * RANGE);
    for (int i = 0; i < RANGES; i++) {
      long min = START + i * RANGE;
      SortedMap<Labels, SampleList> part = new TreeMap<>();
      model.forEach((labels, samples) -> part.put(labels, samples.between(min, min + RANGE - 1)));
      written += write(min, part).map(meta -> 1).orElse(0);
    }
    model.values().removeIf(SampleList::isEmpty);
  }

  private Optional<BlockMeta> write(long min, SortedMap<Labels, SampleList> content)
      throws IOException {
    BlockMeta meta = BlockMeta.ofHead(Ulid.of(min, random), min, min + RANGE);
    return new BlockWriter(files).write(meta, new ModelCursor(content));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void blocksGoToTheStoreAndAreReadFromThere(long seed) throws IOException {
    fill(seed, 15);
    localMillis = Retention.FOR_EVER;
    try (Life life = new Life()) {
      assertThat(life.objects.status().problem()).isNotNull();
      life.objects.run();
      assertThat(store.names("meta.json")).hasSize(written);
      life.check("after uploads");
      life.compactAll();
      life.objects.run();
      life.objects.run();
      life.check("after compaction");
      ObjectsStatus status = life.objects.status();
      assertThat(status.problem()).isNull();
      assertThat(status.waitingBlocks()).isZero();
      assertThat(store.names("meta.json")).hasSize(status.blocks()).hasSizeLessThan(written);
      assertThat(life.blocks.status().blocks()).isEqualTo(status.blocks());
      assertThat(status.cacheBytes()).isZero();
    }
    localMillis = 2 * RANGE;
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.status().blocks()).isLessThan(life.objects.status().blocks());
      life.check("without local copies");
      assertThat(life.objects.status().cacheBytes()).isPositive();
    }
    try (Life life = new Life()) {
      assertThat(cache.list("")).isEmpty();
      assertThatThrownBy(() -> life.check("before it is known what there is"))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("not known yet");
      life.objects.run();
      life.check("after a restart");
    }
  }

  /** A search that has so much patience, and may be cancelled. */
  private record Patience(long nanos, BooleanSupplier canceled) implements SearchProgress {
    static final String CANCELED = "canceled";

    @Override
    public void check() {
      if (canceled.getAsBoolean()) {
        throw new IllegalStateException(CANCELED);
      }
    }

    @Override
    public long patienceNanos() {
      return nanos;
    }
  }

  private static Future<Integer> find(ExecutorService threads, Blocks blocks, Patience patience) {
    return threads.submit(() -> {
      try (SeriesView view = new Storage(new MemorySource(), blocks).view()) {
        return view.select(List.of(), 0, Long.MAX_VALUE, patience).size();
      }
    });
  }

  /** All blocks are in the store, and the older ones nowhere else. */
  private void fillTheStore() throws IOException {
    fill(3, 5);
    localMillis = 2 * RANGE;
    try (Life life = new Life()) {
      life.objects.run();
      life.objects.run();
    }
  }

  /** Right after a start; a service whose blocks are all in the store. */
  @Test
  void whoSearchesWaitsForTheFirstLook() throws Exception {
    fillTheStore();
    int series = model.size();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      try (Life life = new Life()) {
        try (SeriesView view = new Storage(new MemorySource(), life.blocks).view()) {
          assertThat(view.isInMemory(0, Long.MAX_VALUE)).as("waits for nothing").isFalse();
          assertThatThrownBy(() -> view.select(List.of(), 0, Long.MAX_VALUE))
              .hasMessageContaining("not known yet");
        }
        AtomicInteger checks = new AtomicInteger();
        AtomicBoolean canceled = new AtomicBoolean();
        Future<Integer> waiting =
            find(
                threads,
                life.blocks,
                new Patience(Long.MAX_VALUE, () -> checks.incrementAndGet() < 0));
        Future<Integer> cancelled =
            find(threads, life.blocks, new Patience(Long.MAX_VALUE, canceled::get));
        await().until(() -> checks.get() > 2);
        canceled.set(true);
        assertThatThrownBy(cancelled::get).hasMessageContaining(Patience.CANCELED);
        assertThatThrownBy(
                () -> find(threads, life.blocks, new Patience(1_000_000, () -> false)).get())
            .as("at the end of its time")
            .hasCauseInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("not known yet: it was not looked at yet");
        assertThat(waiting.isDone()).isFalse();
        life.objects.run();
        assertThat(waiting.get()).isEqualTo(series);
      }
      try (Life life = new Life()) {
        Future<Integer> refused =
            find(threads, life.blocks, new Patience(Long.MAX_VALUE, () -> false));
        store.failAfter(0, false);
        assertThatThrownBy(life.objects::run).hasMessage("the store is away");
        assertThatThrownBy(refused::get)
            .hasCauseInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("not known yet: the store is away");
        store.failAfter(Long.MAX_VALUE, false);
      }
    }
  }

  /** A head that has all there is from a time on. */
  private record Complete(long completeSinceMillis) implements SeriesSource {
    private static final MemorySource NOTHING = new MemorySource();

    @Override
    public List<? extends Series> select(List<Matcher> matchers, long fromMillis, long toMillis) {
      return NOTHING.select(matchers, fromMillis, toMillis);
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long fromMillis, long toMillis) {
      return NOTHING.labelNames(matchers, fromMillis, toMillis);
    }

    @Override
    public List<String> labelValues(
        String name, List<Matcher> matchers, long fromMillis, long toMillis) {
      return NOTHING.labelValues(name, matchers, fromMillis, toMillis);
    }
  }

  /** Rules and dashboards go on after a start while the store is away. */
  @Test
  void whatTheHeadHasIsAnsweredWhileNobodyKnowsWhatIsInTheStore() throws IOException {
    fillTheStore();
    try (Life life = new Life()) {
      store.failAfter(0, false);
      assertThatThrownBy(life.objects::run).hasMessage("the store is away");
      store.failAfter(Long.MAX_VALUE, false);
      long since = START - RANGE;
      try (SeriesView view = new Storage(new Complete(since), life.blocks).view()) {
        assertThat(view.select(List.of(), since, since + 1)).isEmpty();
        assertThatThrownBy(() -> view.select(List.of(), since - 1, since + 1))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("not known yet");
      }
    }
  }

  @Test
  void whatThanosWantsToKnowIsInMetaJson() throws IOException {
    fill(3, 5);
    try (Life life = new Life()) {
      life.objects.run();
    }
    for (String name : store.names("meta.json")) {
      JsonNode thanos = JsonMapper.shared().readTree(store.contentOf(name)).get("thanos");
      assertThat(thanos.get("version").intValue()).isEqualTo(1);
      assertThat(thanos.get("labels").get("who").stringValue()).isEqualTo("test");
      assertThat(thanos.get("downsample").get("resolution").longValue()).isZero();
      assertThat(thanos.get("upload_time").stringValue())
          .isEqualTo(Instant.ofEpochMilli(now).toString());
      assertThat(thanos.get("source").stringValue()).isNotEmpty();
      assertThat(thanos.get("index_stats").get("series_max_size").longValue()).isPositive();
      assertThat(thanos.get("index_stats").get("chunk_max_size").longValue()).isPositive();
      String folder = name.substring(0, name.indexOf('/') + 1);
      List<String> listed = new ArrayList<>();
      for (JsonNode file : thanos.get("files")) {
        listed.add(folder + file.get("rel_path").stringValue());
        if (file.has("size_bytes")) {
          assertThat(file.get("size_bytes").longValue())
              .isEqualTo(store.contentOf(listed.getLast()).length);
        }
      }
      assertThat(listed)
          .containsExactlyInAnyOrderElementsOf(
              store.list(folder).stream().map(StoredObject::name).toList());
    }
  }

  @Test
  void whereItIsBrokenOffItGoesOn() throws IOException {
    fill(4, 4);
    MemoryBlockFiles before = files;
    long steps = 1;
    int failed = 0;
    for (long step = 0; step < steps; step++) {
      files = before.cutPower(new Random(1));
      cache = new MemoryBlockFiles();
      for (StoredObject object : store.list("")) {
        store.delete(object.name());
      }
      long begun = store.steps();
      store.failAfter(step, false);
      try (Life life = new Life()) {
        try {
          life.objects.run();
          life.check("step " + step);
          life.compactAll();
          life.objects.run();
        } catch (IOException | UnreadableSamplesException e) {
          assertThat(e).hasMessageContaining("the store is away");
          failed++;
        }
        store.failAfter(Long.MAX_VALUE, false);
        if (step % 2 == 0) {
          life.objects.run();
          life.check("step " + step + ", tried again");
        }
        steps = Math.max(steps, Math.min(150, store.steps() - begun));
      }
      files = files.cutPower(random);
      try (Life life = new Life()) {
        life.objects.run();
        life.check("step " + step + ", after a restart");
        life.compactAll();
        life.objects.run();
        life.objects.run();
        life.check("step " + step + ", after a restart, in the end");
        assertThat(store.names("meta.json")).hasSize(life.objects.status().blocks());
        assertThat(store.list(""))
            .allMatch(object -> isOfAWholeBlock(object.name()), "is of a whole block");
      }
    }
    assertThat(failed).isGreaterThan(50);
  }

  private boolean isOfAWholeBlock(String name) {
    try {
      return !store.list(name.substring(0, name.indexOf('/')) + "/meta.json").isEmpty();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void roomOnTheLocalDiskIsMadeOfWhatNothingIsToBeMadeOf() throws IOException {
    fill(13, 8);
    localMillis = Retention.FOR_EVER;
    List<Ulid> all;
    try (Life life = new Life()) {
      all = life.blocks.ulids();
      localBytes = life.blocks.status().bytes() - 1;
    }
    waiting = Set.copyOf(all.subList(0, 2));
    try (Life life = new Life()) {
      life.objects.run();
      List<Ulid> left = new ArrayList<>(all);
      left.remove(2);
      assertThat(life.blocks.ulids()).isEqualTo(left);
      life.objects.run();
      assertThat(life.blocks.ulids()).as("there is room").isEqualTo(left);
    }
    localBytes = 1;
    waiting = Set.copyOf(all);
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.ulids()).as("where all of them wait").isEmpty();
      life.check("in the store");
    }
  }

  @Test
  void whatSomethingIsToBeMadeOfStaysHereHoweverOldItIs() throws IOException {
    fill(14, 8);
    localMillis = 2 * RANGE;
    try (Life life = new Life()) {
      List<Ulid> all = life.blocks.ulids();
      List<Ulid> first = all.subList(0, 2);
      waiting = Set.copyOf(first);
      life.objects.run();
      assertThat(life.blocks.ulids()).containsAll(first).doesNotContain(all.get(2));
      waiting = Set.of();
      life.objects.run();
      assertThat(life.blocks.ulids()).doesNotContainAnyElementsOf(first);
      life.check("in the store");
    }
  }

  @Test
  void anUploadThatWasBrokenOffIsTakenUp() throws IOException {
    fill(6, 4);
    try (Life life = new Life()) {
      int broken = 0;
      boolean done = false;
      while (!done) {
        store.failAfter(9, false);
        try {
          life.objects.run();
          done = true;
        } catch (IOException e) {
          broken++;
        }
      }
      store.failAfter(Long.MAX_VALUE, false);
      assertThat(broken).isGreaterThan(3);
      assertThat(store.puts()).isEqualTo(3L * written); // one file of chunks, index and meta.json
      life.check("in the end");
    }
  }

  @Test
  void aStoreThatIsAwayStopsNothingLocal() throws IOException {
    fill(7, 6);
    try (Life life = new Life()) {
      life.objects.run();
      store.failAfter(0, true);
      assertThatThrownBy(() -> life.objects.run()).hasMessage("the store is away");
      ObjectsStatus status = life.objects.status();
      assertThat(status.problem()).isEqualTo("the store is away");
      assertThat(status.awaySinceMillis()).hasValue(now);
      Storage storage = new Storage(new MemorySource(), life.blocks);
      long local = START + (RANGES - 3) * RANGE;
      try (SeriesView view = storage.view()) {
        SourceModel.compare(view, model, List.of(), local, now);
        assertThatThrownBy(() -> SourceModel.compare(view, model, List.of(), START, now))
            .isInstanceOf(UnreadableSamplesException.class)
            .hasMessageContaining("the store is away");
        assertThat(view.labelValues("__name__", List.of(), START, now)).isNotEmpty();
      }
      life.compactAll();
      store.failAfter(Long.MAX_VALUE, false);
      life.objects.run();
      assertThat(life.objects.status().problem()).isNull();
      life.check("when it is back");
    }
  }

  /** What is left out of an answer that may lack something. */
  private record Gaps(List<String> told) implements SearchProgress {
    @Override
    public void check() {}

    @Override
    public void leftOut(UnreadableSamplesException why) {
      told.add(String.valueOf(why.getMessage()));
    }
  }

  @Test
  void aBlockThatCannotBeReadKeepsNamesOfNoOtherBack() throws IOException {
    for (int i = 0; i < 3; i++) {
      long min = START + i * RANGE;
      SampleList one = new SampleList(List.of(new SampleList.Sample(min, 1, null)));
      write(min, new TreeMap<>(Map.of(Labels.of("__name__", "in_block_" + i), one)));
    }
    localMillis = 0;
    now += RANGE;
    try (Life life = new Life()) {
      life.objects.run();
      life.objects.run();
      assertThat(life.blocks.ulids()).isEmpty();
      String index = store.names("/index").getFirst();
      store.flipBit(index, 8 * 10);
      List<String> gaps = new ArrayList<>();
      try (SeriesView view = new Storage(new MemorySource(), life.blocks).view()) {
        assertThat(view.labelValues("__name__", List.of(), START, now, new Gaps(gaps)))
            .containsExactly("in_block_1", "in_block_2");
        assertThat(gaps)
            .singleElement(InstanceOfAssertFactories.STRING)
            .contains(index)
            .contains("is damaged");
        gaps.clear();
        store.failAfter(0, true);
        assertThat(view.labelNames(List.of(Matcher.equal("a", "b")), START, now, new Gaps(gaps)))
            .isEmpty();
        assertThat(gaps).as("the others are not waited for").hasSize(1);
      }
      store.failAfter(Long.MAX_VALUE, false);
    }
  }

  @Test
  void anErrorAtTheFirstLookIsNotTheLast() throws IOException {
    fill(14, 2);
    try (Life life = new Life()) {
      store.failWith(new LinkageError("no class for that"));
      life.objects.start();
      await().atMost(Duration.ofMinutes(1)).until(() -> life.objects.status().failures() == 1);
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .contains("objects");
      life.objects.run();
      assertThat(life.objects.status().problem()).isNull();
    }
  }

  @Test
  void whatIsDeletedIsDeletedInTheStoreToo() throws IOException {
    fill(8, 8);
    try (Life life = new Life()) {
      life.objects.run();
      int far = life.objects.status().blocks() - life.blocks.status().blocks();
      assertThat(far).isPositive();
      Deletion deletion =
          new Deletion(
              List.of(List.of(Matcher.equal("__name__", "metric_1"))),
              START + RANGE / 2,
              START + 3 * RANGE);
      life.blocks.delete(deletion, inHead -> {});
      forget(deletion);
      life.check("at once");
    }
    files = files.cutPower(random);
    try (Life life = new Life()) {
      life.objects.run();
      life.check("after a restart");
      life.compactAll();
      life.objects.run();
      life.objects.run();
      life.check("after compaction");
      assertThat(life.blocks.status().tombstones()).isZero();
      Deletion everything =
          new Deletion(
              List.of(List.of(new Matcher(Matcher.Type.NOT_EQUAL, "__name__", ""))), START, now);
      life.blocks.delete(everything, inHead -> {});
      model.clear();
      life.check("all of it");
      life.compactAll();
      life.check("all of it, made true");
    }
    files = files.cutPower(random);
    try (Life life = new Life()) {
      boolean done = false;
      for (int step = 0; !done; step++) {
        store.failAfter(step, false);
        try {
          life.objects.run();
          done = true;
        } catch (IOException e) {
          assertThat(e).hasMessage("the store is away");
        }
        try {
          life.check("failed at step " + step);
        } catch (UnreadableSamplesException e) {
          assertThat(e).hasMessageContaining("not known yet");
        }
      }
      store.failAfter(Long.MAX_VALUE, false);
      life.check("afterwards");
      now += 3 * 86_400_000L; // what is left of blocks that others were made of waits as long
      life.objects.run();
      assertThat(store.list("")).isEmpty();
      assertThat(files.list(RemovedBlocks.FOLDER)).isEmpty();
    }
  }

  private void forget(Deletion deletion) {
    model.replaceAll((labels, samples) -> {
      List<SampleList.Sample> left = new ArrayList<>(samples.samples());
      left.removeIf(s ->
          deletion.matches(labels)
              && deletion.fromMillis() <= s.millis()
              && s.millis() <= deletion.toMillis());
      return new SampleList(left);
    });
    model.values().removeIf(SampleList::isEmpty);
  }

  @Test
  void retentionHoldsInTheStoreToo() throws IOException {
    fill(9, 10);
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(store.names("meta.json")).hasSize(written);
    }
    retention =
        new Retention(
            8 * RANGE,
            Long.MAX_VALUE,
            List.of(new RetentionRule(List.of(Matcher.equal("__name__", "metric_1")), 6 * RANGE)));
    try (Life life = new Life()) {
      for (int range = 6; range <= 8; range++) { // one comes here at a time
        life.objects.run();
        life.compactAll();
      }
      life.objects.run();
      long kept = now - 8 * RANGE;
      long keptLess = now - 6 * RANGE;
      model.replaceAll((labels, samples) ->
          samples.between(labels.metricName().equals("metric_1") ? keptLess : kept, now));
      model.values().removeIf(SampleList::isEmpty);
      life.check("what is over is gone");
      assertThat(store.names("meta.json")).hasSizeLessThanOrEqualTo(8);
    }
  }

  @Test
  void forWantOfRoomTheOldestGoFirstWhereverTheyAre() throws IOException {
    fill(9, 12);
    try (Life life = new Life()) {
      life.objects.run();
      life.objects.run();
      assertThat(life.blocks.ulids()).hasSizeBetween(1, written - 4);
    }
    long most = bytesInStore() * 3 / 4;
    retention = new Retention(Retention.FOR_EVER, most, List.of());
    List<Ulid> before = ulidsInStore();
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.compactor.compact(raw -> Set.of())).isTrue();
      life.objects.run();
      List<Ulid> left = ulidsInStore();
      assertThat(left).hasSizeLessThan(before.size());
      assertThat(left).isEqualTo(before.subList(before.size() - left.size(), before.size()));
      assertThat(left).containsAll(life.blocks.ulids());
      assertThat(bytesInStore()).isBetween(most / 2, most);
      long from = left.getFirst().millis();
      model.replaceAll((labels, samples) -> samples.between(from, Long.MAX_VALUE));
      model.values().removeIf(SampleList::isEmpty);
      life.check("what there is room for");
      assertThat(life.compactor.compact(raw -> Set.copyOf(life.blocks.ulids())))
          .as("something goes a second time")
          .isFalse();
    }
  }

  private long bytesInStore() throws IOException {
    return store.list("").stream().mapToLong(StoredObject::byteSize).sum();
  }

  /** The names of blocks as they are given out here are in the order of their times. */
  private List<Ulid> ulidsInStore() throws IOException {
    return store.names("meta.json").stream()
        .map(name -> Ulid.parse(name.substring(0, name.indexOf('/'))))
        .sorted()
        .toList();
  }

  @Test
  void theCacheIsBounded() throws IOException {
    fill(10, 10);
    try (Life life = new Life()) {
      life.objects.run();
      life.check("with room for all");
    }
    cacheBytes = sizes("/chunks/000001").stream().mapToLong(Long::longValue).max().orElseThrow();
    long all = sizes("/index").stream().mapToLong(Long::longValue).sum();
    assertThat(all).as("all indexes, which are read together").isGreaterThan(cacheBytes);
    try (Life life = new Life()) {
      life.objects.run();
    }
    try (Life life = new Life()) {
      life.objects.run();
      Storage storage = new Storage(new MemorySource(), life.blocks);
      for (int i = 0; i < RANGES; i++) {
        long from = START + i * RANGE;
        try (SeriesView view = storage.view()) {
          SourceModel.compare(view, model, List.of(), from, from + RANGE - 1);
        }
        assertThat(life.objects.status().cacheBytes()).isBetween(0L, cacheBytes);
      }
      life.check("all at once");
      assertThat(life.objects.status().cacheBytes()).isBetween(0L, cacheBytes);
    }
    cacheBytes = 100; // a tenth of an index, and Config allows no less than 1 MiB
    try (Life life = new Life()) {
      life.objects.run();
      assertThatThrownBy(() -> life.check("where nothing fits"))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("storage.objects_cache");
    }
  }

  private List<Long> sizes(String suffix) throws IOException {
    return store.list("").stream()
        .filter(object -> object.name().endsWith(suffix))
        .map(StoredObject::byteSize)
        .toList();
  }

  @Test
  void ofALargeBlockOnlyWhatIsReadIsFetched() throws IOException {
    int series = 40;
    model = new TreeMap<>();
    for (int i = 0; i < series; i++) {
      List<SampleList.Sample> samples = new ArrayList<>();
      for (int k = 0; k < 7200; k++) {
        samples.add(new SampleList.Sample(START + k * 1000L, random.nextDouble(), null));
      }
      model.put(Labels.of("__name__", "m", "i", "%02d".formatted(i)), new SampleList(samples));
    }
    write(START, model);
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.ulids()).isEmpty();
      long whole = sizes("/chunks/000001").getFirst();
      assertThat(whole).isGreaterThan(5L * CachedPieces.PIECE_BYTES);
      SortedMap<Labels, SampleList> all = model;
      try (SeriesView view = new Storage(new MemorySource(), life.blocks).view()) {
        model = new TreeMap<>(all.subMap(all.firstKey(), all.lastKey()));
        model.keySet().removeIf(labels -> !labels.get("i").equals("11"));
        SourceModel.compare(
            view, model, List.of(Matcher.equal("i", "11")), START, START + RANGE - 1);
      }
      long index = sizes("/index").getFirst();
      assertThat(fetched()).isLessThanOrEqualTo(index + 2L * CachedPieces.PIECE_BYTES);
      model = all;
      life.check("all of it");
      assertThat(fetched()).as("nothing is fetched twice").isLessThanOrEqualTo(index + whole);
      assertThat(store.parts().size()).isLessThanOrEqualTo(9);
    }
    cacheBytes = 2L * CachedPieces.PIECE_BYTES;
    try (Life life = new Life()) {
      life.objects.run();
      life.check("in little room");
      assertThat(life.objects.status().cacheBytes()).isLessThanOrEqualTo(cacheBytes);
    }
  }

  /** A block that is in the store only, of so many series of a sample each. */
  private void fillIndex(int series) throws IOException {
    model = new TreeMap<>();
    for (int i = 0; i < series; i++) {
      model.put(
          Labels.of("__name__", "m" + i % 100, "id", "id-%06d".formatted(i), "service", "combat"),
          new SampleList(List.of(new SampleList.Sample(START + i, random.nextDouble(), null))));
    }
    write(START, model);
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(life.blocks.ulids()).isEmpty();
    }
  }

  private void checkOne(Life life, int number) {
    String id = "id-%06d".formatted(number);
    SortedMap<Labels, SampleList> one = new TreeMap<>(model);
    one.keySet().removeIf(labels -> !labels.get("id").equals(id));
    assertThat(one).hasSize(1);
    try (SeriesView view = new Storage(new MemorySource(), life.blocks).view()) {
      SourceModel.compare(
          view,
          one,
          List.of(Matcher.equal("service", "combat"), Matcher.equal("id", id)),
          START,
          START + RANGE - 1);
    }
  }

  private long fetched() {
    return store.parts().stream().mapToLong(Integer::longValue).sum();
  }

  @Test
  void ofALargeIndexOnlyWhatIsReadIsFetched() throws IOException {
    fillIndex(40_000);
    long whole = sizes("/index").getFirst();
    assertThat(whole).isGreaterThan(10L * CachedPieces.PIECE_BYTES);
    long chunks = sizes("/chunks/000001").getFirst();
    try (Life life = new Life()) {
      life.objects.run();
      checkOne(life, 17);
      // its symbols and its table of postings, a list, an entry and a chunk
      long few = fetched();
      assertThat(few).isLessThan(whole * 2 / 3);
      checkOne(life, 17);
      assertThat(fetched()).as("it is here now").isEqualTo(few);
      checkOne(life, 30_011);
      assertThat(fetched()).isLessThanOrEqualTo(few + 3L * CachedPieces.PIECE_BYTES);
      assertThat(life.objects.status().fetchedBytes()).isEqualTo(fetched());
      life.check("all of it");
      assertThat(fetched()).as("nothing is fetched twice").isLessThanOrEqualTo(whole + chunks);
    }
    cacheBytes = 2L * CachedPieces.PIECE_BYTES;
    try (Life life = new Life()) {
      life.objects.run();
      checkOne(life, 39_999);
      assertThat(life.objects.status().cacheBytes()).isBetween(1L, cacheBytes);
    }
  }

  /** What nobody looks at again in an index once it is open: where it changes, it is noticed. */
  @Test
  void anIndexThatChangesWhileItIsOpenIsNotBelieved() throws IOException {
    fillIndex(40_000);
    String index = store.names("/index").getFirst();
    cacheBytes = 2L * CachedPieces.PIECE_BYTES;
    int symbol = 8 * 400_000; // in the middle of the symbols' texts
    assertThat(new String(store.contentOf(index), 400_000, 32, StandardCharsets.UTF_8))
        .contains("id-0");
    try (Life life = new Life()) {
      life.objects.run();
      checkOne(life, 17);
      store.flipBit(index, symbol);
      assertThatThrownBy(() -> life.check("changed"))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining("has changed since it was opened");
      assertThatThrownBy(() -> life.check("damaged"))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining(index)
          .hasMessageContaining("the checksum of the symbols is wrong");
      store.flipBit(index, symbol);
      checkOne(life, 30_011);
    }
  }

  @Test
  void aTurnedBitInAnIndexIsNeverAWrongAnswer() throws IOException {
    fillIndex(60);
    String index = store.names("/index").getFirst();
    int bits = store.contentOf(index).length * 8;
    int found = 0;
    for (int bit = 0; bit < bits; bit += 1 + random.nextInt(bits / 100)) {
      store.flipBit(index, bit);
      try (Life life = new Life()) {
        life.objects.run();
        try {
          life.check("bit " + bit);
        } catch (UnreadableSamplesException e) {
          assertThat(e).hasMessageContaining(index).hasMessageContaining("damaged");
          found++;
        }
        store.flipBit(index, bit);
        life.check("it is right again, bit " + bit);
      }
    }
    assertThat(found).isGreaterThan(100);
  }

  @Test
  void whatCameWrongIsFetchedAgain() throws IOException {
    fill(12, 10);
    try (Life life = new Life()) {
      life.objects.run();
      String chunks = store.names("chunks/000001").getFirst();
      store.flipBit(chunks, 8 * 20);
      assertThatThrownBy(() -> life.check("damaged")).hasMessageContaining("checksum");
      store.flipBit(chunks, 8 * 20);
      life.check("it is right again");
    }
  }

  @Test
  void aDamagedObjectIsFoundOut() throws IOException {
    fill(11, 10);
    try (Life life = new Life()) {
      life.objects.run();
      String chunks = store.names("chunks/000001").getFirst();
      store.flipBit(chunks, 8 * 20);
      assertThatThrownBy(() -> life.check("damaged"))
          .isInstanceOf(UnreadableSamplesException.class)
          .hasMessageContaining(chunks)
          .hasMessageContaining("checksum");
    }
  }

  /** It may be the only copy, and may be read again another time. */
  @Test
  void aBlockWhoseMetaCannotBeReadStays() throws IOException {
    fill(13, 10);
    try (Life life = new Life()) {
      life.objects.run();
      life.objects.run();
    }
    String meta = store.names("meta.json").getFirst();
    assertThat(files.list("")).doesNotContain(meta.substring(0, 26));
    now += TimeUnit.DAYS.toMillis(3);
    store.flipBit(meta, 0);
    files.delete(MetaCopies.FOLDER);
    try (Life life = new Life()) {
      life.objects.run();
      life.objects.run();
      assertThat(life.objects.status().unreadableBlocks()).isEqualTo(1);
      assertThat(life.objects.status().blocks()).isEqualTo(written - 1);
      store.flipBit(meta, 0);
      life.objects.run();
      assertThat(life.objects.status().unreadableBlocks()).isZero();
      life.check("it is right again");
    }
  }

  @Test
  void aDamagedBlockKeepsNoOtherFromTheStore() throws IOException {
    fill(14, 10);
    String first = files.list("").getFirst();
    MemoryBlockFiles sound = files;
    for (int bit = 8 * 5; !onlyItsSeriesAreDamaged(first); bit += 8) {
      files = sound.withFlippedBit(first + "/index", bit);
    }
    try (Life life = new Life()) {
      life.objects.run();
      assertThat(store.names("meta.json"))
          .hasSize(written - 1)
          .noneMatch(name -> name.startsWith(first));
      assertThat(life.blocks.status().setAside()).isEqualTo(1);
    }
  }

  /** Whether a block can be opened, and not read through. */
  private boolean onlyItsSeriesAreDamaged(String ulid) throws IOException {
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      BlockSnapshot snapshot = blocks.hold();
      try {
        for (Block block : snapshot.blocks()) {
          if (block.meta().ulid().toString().equals(ulid)) {
            block.indexStats();
          }
        }
        return false;
      } catch (DamagedBlockException e) {
        return true;
      } finally {
        snapshot.release();
      }
    }
  }

  /** Answers nothing, until it is closed or for ever. */
  private static final class SilentStore implements ObjectStore {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final boolean listens;

    SilentStore(boolean listens) {
      this.listens = listens;
    }

    @Override
    public List<StoredObject> list(String prefix) throws IOException {
      asked.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("broken off");
    }

    @Override
    public void close() {
      if (listens) {
        end.countDown();
      }
    }

    @Override
    public void put(String name, MemorySegment content) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean holds(String name, MemorySegment content) {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream read(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] read(String name, long offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String describe() {
      return "silent";
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Timeout(180)
  void aSilentStoreKeepsNothingFromStopping(boolean listens) throws Exception {
    SilentStore silent = new SilentStore(listens);
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      ObjectMaintenance objects =
          ObjectMaintenance.open(
              blocks,
              DownsampledBlocks.none(),
              raw -> waiting,
              silent,
              cache,
              Map.of("who", "test"),
              new ObjectSettings(Optional.empty(), cacheBytes, localMillis, localBytes),
              new CurrentRetention(retention, Optional.empty(), Long.MAX_VALUE),
              clock);
      objects.start();
      assertThat(silent.asked.await(1, TimeUnit.MINUTES)).isTrue();
      objects.close();
      assertThat(objects.status().problem()).isNotNull();
    } finally {
      silent.end.countDown();
    }
  }
}
