package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.Block;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.RandomSeries;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.promql.test.MemorySource;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactorTest {
  private static final long RANGE = 7_200_000;
  private static final long START = 236_007 * RANGE; // where ranges of 6, 18, 54 hours begin too

  /** Blocks of at most 54 hours, of which nothing goes yet. */
  private static final Retention KEPT = new Retention(10 * 27 * RANGE, Long.MAX_VALUE, List.of());

  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(START));

  private static CurrentRetention fixed(Retention retention) {
    return new CurrentRetention(retention, Optional.empty(), Long.MAX_VALUE);
  }

  private Compactor compactor(Blocks blocks, long seed) {
    return new Compactor(blocks, fixed(KEPT), clock, new Random(seed));
  }

  static void compactAll(Compactor compactor) throws IOException {
    boolean more = true;
    while (more) {
      more = compactor.compact(all -> Set.of());
      compactor.removeUnread();
    }
  }

  /** Writes the samples of a model in blocks of one range each, and some of them twice or late. */
  private static void write(
      MemoryBlockFiles files, Map<Labels, SampleList> model, int ranges, Random random)
      throws IOException {
    for (int i = 0; i < ranges; i++) {
      long min = START + i * RANGE;
      boolean late = random.nextInt(3) == 0;
      TreeMap<Labels, SampleList> early = new TreeMap<>();
      TreeMap<Labels, SampleList> rest = new TreeMap<>();
      model.forEach((labels, samples) -> {
        List<Sample> a = new ArrayList<>();
        List<Sample> b = new ArrayList<>();
        for (Sample sample : samples.between(min, min + RANGE - 1).samples()) {
          int place = late ? random.nextInt(10) : 0;
          if (place != 9) {
            a.add(sample);
          }
          if (place > 7) { // 8: in both
            b.add(sample);
          }
        }
        early.put(labels, new SampleList(a));
        rest.put(labels, new SampleList(b));
      });
      BlockWriter writer = new BlockWriter(files);
      Ulid ulid = Ulid.of(1000 + i, random);
      writer.write(BlockMeta.ofHead(ulid, min, min + RANGE), new ModelCursor(early));
      ulid = Ulid.of(2000 + i, random);
      writer.write(BlockMeta.ofHead(ulid, min, min + RANGE), new ModelCursor(rest));
    }
  }

  private static SortedMap<Labels, SampleList> content(Blocks blocks) {
    try (SeriesView view = new Storage(new MemorySource(), blocks).view()) {
      return SourceModel.contentOf(view);
    }
  }

  private static SortedMap<Labels, SampleList> model(long seed, int series, int ranges) {
    SortedMap<Labels, SampleList> model =
        new RandomSeries(seed)
            .series(RandomSeries.Kind.EVERYTHING, series, START, START + ranges * RANGE);
    model.values().removeIf(SampleList::isEmpty);
    return model;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsDeletedWhileBlocksAreMadeOneStaysDeleted(long seed) throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model = model(seed, 15, 12);
    Random random = new Random(seed);
    write(files, model, 12, random);
    List<String> reports = new ArrayList<>();
    int deletions = 0;
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      boolean[] deleteNow = {false};
      // The clock is asked when a merge has begun, for the new block's name.
      InstantSource deleting =
          () -> {
            if (deleteNow[0] && random.nextInt(2) == 0) {
              deleteNow[0] = false;
              delete(blocks, model, random);
            }
            return Instant.ofEpochMilli(START);
          };
      Compactor compactor = new Compactor(blocks, fixed(KEPT), deleting, random);
      boolean more = true;
      while (more) {
        deleteNow[0] = deletions < 10;
        more = compactor.compact(all -> Set.of());
        deletions += deleteNow[0] ? 0 : 1;
        deleteNow[0] = false;
        SourceModel.assertSame("blocks", content(blocks), model);
      }
      assertThat(blocks.status().tombstones()).isZero();
    }
    assertThat(deletions).isPositive();
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      SourceModel.assertSame("blocks", content(blocks), model);
    }
    assertThat(reports).isEmpty();
    assertThat(files.everything()).noneMatch(name -> name.contains("tmp"));
  }

  private static void delete(Blocks blocks, SortedMap<Labels, SampleList> model, Random random) {
    long from = START + random.nextLong(10 * RANGE);
    long to = from + random.nextLong(4 * RANGE);
    List<Matcher> selector = List.of(Matcher.equal("__name__", "metric_" + random.nextInt(5)));
    Deletion deletion = new Deletion(List.of(selector), from, to);
    try {
      blocks.delete(deletion, inHead -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    model.replaceAll((labels, samples) -> {
      List<Sample> left = new ArrayList<>(samples.samples());
      left.removeIf(s -> deletion.matches(labels) && from <= s.millis() && s.millis() <= to);
      return new SampleList(left);
    });
    model.values().removeIf(SampleList::isEmpty);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void manyBlocksBecomeFewWithTheSameSamples(long seed) throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model = model(seed, 25, 22);
    write(files, model, 22, new Random(seed));
    List<String> reports = new ArrayList<>();
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      SourceModel.assertSame("blocks", content(blocks), model);
      Compactor compactor = compactor(blocks, seed);
      while (compactor.compact(all -> Set.of())) {
        SourceModel.assertSame("blocks", content(blocks), model);
      }
      // Two ranges of 18 h that are over, and what is left.
      List<Long> hours = new ArrayList<>();
      BlockSnapshot snapshot = blocks.hold();
      snapshot
          .blocks()
          .forEach(b -> hours.add((b.meta().maxMillis() - b.meta().minMillis()) / 3_600_000));
      assertThat(hours).startsWith(18L, 18L).endsWith(2L).hasSizeLessThan(6);
      BlockMeta first = snapshot.blocks().getFirst().meta();
      assertThat(first.compaction().level()).isGreaterThanOrEqualTo(3);
      assertThat(first.compaction().sources()).hasSizeGreaterThanOrEqualTo(9);
      assertThat(first.compaction().parents()).hasSize(3);
      snapshot.release();
    }
    assertThat(reports).isEmpty();
  }

  /** A cut of the head waits for queries, and what follows it meanwhile. */
  @Test
  void whoWaitsForQueriesDoesNotWaitForACompaction() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, model(4, 5, 12), 12, new Random(4));
    try (Blocks blocks = Blocks.open(files, DownsamplingTest::fail)) {
      // The clock is asked when a merge has begun, for the new block's name.
      InstantSource waiting =
          () -> {
            assertThat(CompletableFuture.runAsync(blocks::awaitEarlierQueries))
                .succeedsWithin(1, TimeUnit.MINUTES);
            return Instant.ofEpochMilli(START);
          };
      int before = blocks.ulids().size();
      compactAll(new Compactor(blocks, fixed(KEPT), waiting, new Random(4)));
      assertThat(blocks.ulids()).hasSizeLessThan(before);
    }
  }

  @Test
  void afterAPowerCutAnywhereEverySampleIsThereOnce() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    SortedMap<Labels, SampleList> model = model(17, 6, 4);
    for (int round = 0; round < 60; round++) {
      MemoryBlockFiles files = new MemoryBlockFiles();
      write(files, model, 4, new Random(17));
      List<String> reports = new ArrayList<>();
      Blocks blocks = Blocks.open(files, reports::add);
      SourceModel.assertSame("blocks", content(blocks), model);
      files.failAfter(random.nextInt(150), "the power is cut", true);
      try {
        compactAll(compactor(blocks, round));
      } catch (IOException e) {
        assertThat(e).hasMessage("the power is cut");
      }
      MemoryBlockFiles after = files.cutPower(random);
      String what = "seed %d, round %d".formatted(seed, round);
      try (Blocks again = Blocks.open(after, reports::add)) {
        SourceModel.assertSame(what, content(again), model);
        compactAll(compactor(again, round + 1000));
        SourceModel.assertSame(what, content(again), model);
        assertThat(again.status().blocks()).isEqualTo(2);
        assertThat(after.list("")).hasSize(3);
      }
      blocks.close();
      assertThat(reports).isEmpty();
    }
  }

  @Test
  void withoutSpaceNothingChangesAndLaterItGoesOn() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    SortedMap<Labels, SampleList> model = model(18, 6, 4);
    write(files, model, 4, new Random(18));
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      int failures = 0;
      for (int step = 0; step < 60; step++) {
        files.failAfter(step, "No space left on device", false);
        try {
          compactor(blocks, step).compact(all -> Set.of());
        } catch (IOException e) {
          failures++;
          assertThat(e).hasMessage("No space left on device");
        }
        SourceModel.assertSame("blocks", content(blocks), model);
      }
      files.failAfter(Long.MAX_VALUE, "", false);
      compactAll(compactor(blocks, 99));
      assertThat(failures).isGreaterThan(10);
      SourceModel.assertSame("blocks", content(blocks), model);
      assertThat(blocks.status().blocks()).isEqualTo(2);
    }
  }

  private static SortedMap<Labels, SampleList> everyHour(String... services) {
    TreeMap<Labels, SampleList> series = new TreeMap<>();
    for (String service : services) {
      List<Sample> samples = new ArrayList<>();
      for (long t = START; t < START + 20 * RANGE; t += RANGE / 2) {
        samples.add(new Sample(t, 1, null));
      }
      series.put(Labels.of("__name__", "up", "service", service), new SampleList(samples));
    }
    return series;
  }

  private static long firstMillis(Map<Labels, SampleList> content, String service) {
    SampleList samples = content.get(Labels.of("__name__", "up", "service", service));
    return samples == null ? Long.MAX_VALUE : samples.samples().getFirst().millis();
  }

  @Test
  void seriesGoWhenTheirTimeIsOver() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, everyHour("combat", "dice", "slo"), 20, new Random(1));
    long end = START + 20 * RANGE;
    Retention retention =
        new Retention(
            10 * RANGE,
            Long.MAX_VALUE,
            List.of(
                new RetentionRule(List.of(Matcher.equal("service", "combat")), 4 * RANGE),
                new RetentionRule(
                    List.of(new Matcher(Matcher.Type.REGEX, "service", "slo|combat")),
                    15 * RANGE)));
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      InstantSource later = InstantSource.fixed(Instant.ofEpochMilli(end));
      compactAll(new Compactor(blocks, fixed(retention), later, new Random(2)));
      SortedMap<Labels, SampleList> content = content(blocks);
      assertThat(firstMillis(content, "combat")).isEqualTo(end - 4 * RANGE);
      assertThat(firstMillis(content, "dice")).isEqualTo(end - 10 * RANGE);
      assertThat(firstMillis(content, "slo")).isEqualTo(end - 15 * RANGE);
      InstantSource muchLater = InstantSource.fixed(Instant.ofEpochMilli(end + 15 * RANGE));
      compactAll(new Compactor(blocks, fixed(retention), muchLater, new Random(3)));
      assertThat(blocks.status().blocks()).isZero();
      assertThat(files.list("")).containsExactly("wal");
    }
  }

  /** Whatever turns over in its index, a block is not looked at again and again. */
  @Test
  void aDamagedBlockIsSetAsideByWhoLooksForWhatIsOver() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, everyHour("combat", "dice"), 2, new Random(1));
    Retention retention =
        new Retention(
            100 * RANGE,
            Long.MAX_VALUE,
            List.of(new RetentionRule(List.of(Matcher.equal("service", "none")), RANGE)));
    InstantSource later = InstantSource.fixed(Instant.ofEpochMilli(START + 20 * RANGE));
    String index = files.list("").getFirst() + "/index";
    int found = 0;
    for (int bit = 8 * 5; bit < 8 * files.contentOf(index).length; bit += 57) {
      List<String> reports = new ArrayList<>();
      try (Blocks blocks = Blocks.open(files.withFlippedBit(index, bit), reports::add)) {
        Compactor compactor = new Compactor(blocks, fixed(retention), later, new Random(2));
        int turns = 0;
        while (compactor.compact(all -> Set.of())) {
          assertThat(++turns).as("bit %d", bit).isLessThan(10);
        }
        found += reports.isEmpty() ? blocks.status().setAside() : 0;
      }
    }
    assertThat(found).isPositive();
  }

  /** A clock that went back makes no block look older than those that it is made of. */
  @Test
  void aBlockIsNewerThanThoseItIsMadeOf() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, everyHour("combat"), 12, new Random(1));
    InstantSource before = InstantSource.fixed(Instant.ofEpochMilli(500));
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      compactAll(new Compactor(blocks, fixed(KEPT), before, new Random(2)));
      BlockSnapshot snapshot = blocks.hold();
      List<BlockMeta> made =
          snapshot.blocks().stream()
              .map(Block::meta)
              .filter(meta -> !meta.compaction().parents().isEmpty())
              .toList();
      snapshot.release();
      assertThat(made).isNotEmpty();
      for (BlockMeta meta : made) {
        assertThat(meta.compaction().parents())
            .allMatch(parent -> parent.ulid().compareTo(meta.ulid()) < 0);
      }
    }
  }

  private static Ulid writeOne(MemoryBlockFiles files, long number) throws IOException {
    SortedMap<Labels, SampleList> content = new TreeMap<>();
    content.put(
        Labels.of("__name__", "late", "number", "" + number),
        new SampleList(List.of(new Sample(START + number, number, null))));
    Ulid ulid = Ulid.of(START + number, new Random(number));
    new BlockWriter(files)
        .write(BlockMeta.ofHead(ulid, START, START + RANGE), new ModelCursor(content));
    return ulid;
  }

  /** Nobody was asked whether it waits. */
  @Test
  void aBlockThatComesWhileOneAsksWhatWaitsStaysToo() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    Ulid first = writeOne(files, 1);
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      Ulid late = writeOne(files, 2);
      InstantSource later = InstantSource.fixed(Instant.ofEpochMilli(START + 20 * RANGE));
      Retention retention = new Retention(RANGE, Long.MAX_VALUE, List.of());
      Compactor compactor = new Compactor(blocks, fixed(retention), later, new Random(2));
      boolean done =
          compactor.compact(raw -> {
            assertThat(raw).extracting(BlockMeta::ulid).containsExactly(first);
            try {
              blocks.add(late);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return Set.of(first);
          });
      assertThat(done).isFalse();
      assertThat(blocks.ulids()).containsExactlyInAnyOrder(first, late);
      assertThat(compactor.compact(all -> Set.of())).isTrue();
      assertThat(blocks.ulids()).isEmpty();
    }
  }

  @Test
  void aRetentionThatIsChangedHoldsForTheNextCompaction() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, everyHour("combat", "dice"), 20, new Random(1));
    long end = START + 20 * RANGE;
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      CurrentRetention retention = fixed(Retention.EVERYTHING);
      InstantSource later = InstantSource.fixed(Instant.ofEpochMilli(end));
      Compactor compactor = new Compactor(blocks, retention, later, new Random(2));
      compactor.compact(all -> Set.of());
      compactor.compact(all -> Set.of());
      retention.change(
          Optional.of(
              new Retention(
                  10 * RANGE,
                  Long.MAX_VALUE,
                  List.of(
                      new RetentionRule(List.of(Matcher.equal("service", "combat")), 4 * RANGE)))));
      compactAll(compactor);
      SortedMap<Labels, SampleList> content = content(blocks);
      assertThat(firstMillis(content, "dice")).isBetween(end - 16 * RANGE, end - 10 * RANGE);
      assertThat(firstMillis(content, "combat")).isBetween(end - 10 * RANGE, end - 4 * RANGE);
      retention.change(Optional.of(new Retention(2 * RANGE, Long.MAX_VALUE, List.of())));
      compactAll(compactor);
      assertThat(firstMillis(content(blocks), "dice")).isGreaterThan(end - 10 * RANGE);
    }
  }

  @Test
  void theOldestBlocksGoWhereThereIsNoRoom() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    write(files, everyHour("combat", "dice"), 20, new Random(1));
    try (Blocks blocks = Blocks.open(files, report -> {})) {
      long most = blocks.status().bytes() / 2;
      Retention retention = new Retention(Retention.FOR_EVER, most, List.of());
      compactAll(new Compactor(blocks, fixed(retention), clock, new Random(2)));
      assertThat(blocks.status().bytes()).isBetween(1L, most);
      SortedMap<Labels, SampleList> content = content(blocks);
      assertThat(firstMillis(content, "dice")).isGreaterThan(START + 5 * RANGE);
      assertThat(content.values().iterator().next().samples().getLast().millis())
          .isEqualTo(START + 20 * RANGE - RANGE / 2);
    }
  }
}
