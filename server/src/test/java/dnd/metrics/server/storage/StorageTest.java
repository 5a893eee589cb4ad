package dnd.metrics.server.storage;

import static dnd.metrics.server.model.Matcher.Type.NOT_EQUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.BlockCompaction;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockReference;
import dnd.metrics.server.block.BlockStats;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.DamagedBlockException;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.RandomSeries;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.block.SourceModel;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageTest {
  private static final long RANGE = 7_200_000;
  private static final long START = 236_000 * RANGE;

  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final List<String> reports = new ArrayList<>();

  /** A head for tests. */
  private record MapSource(Map<Labels, SampleList> content) implements SeriesSource {
    private record MapSeries(Labels labels, SampleList samples) implements Series {
      @Override
      public SampleReader read(long fromMillis, long toMillis) {
        return samples.between(fromMillis, toMillis).reader();
      }
    }

    @Override
    public List<Series> select(List<Matcher> matchers, long from, long to) {
      List<Series> found = new ArrayList<>();
      content.forEach((labels, samples) -> {
        if (matchers.stream().allMatch(m -> m.matches(labels))
            && !samples.between(from, to).isEmpty()) {
          found.add(new MapSeries(labels, samples));
        }
      });
      return found;
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      TreeSet<String> names = new TreeSet<>(Labels::compareCodePoints);
      select(matchers, from, to).forEach(s -> s.labels().forEach((name, value) -> names.add(name)));
      return List.copyOf(names);
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      TreeSet<String> values = new TreeSet<>(Labels::compareCodePoints);
      select(matchers, from, to).forEach(s -> values.add(s.labels().get(name)));
      values.remove("");
      return List.copyOf(values);
    }
  }

  private static MapSource nothing() {
    return new MapSource(Map.of());
  }

  private Ulid write(long number, long min, long max, SortedMap<Labels, SampleList> content)
      throws IOException {
    Ulid ulid = Ulid.of(number, new Random(number));
    new BlockWriter(files).write(BlockMeta.ofHead(ulid, min, max), new ModelCursor(content));
    return ulid;
  }

  private static SortedMap<Labels, SampleList> between(
      Map<Labels, SampleList> content, long from, long to) {
    TreeMap<Labels, SampleList> some = new TreeMap<>();
    content.forEach((labels, samples) -> some.put(labels, samples.between(from, to)));
    return some;
  }

  /** Some samples of each series, in any case those that another part is without. */
  private static SortedMap<Labels, SampleList> part(
      Map<Labels, SampleList> content, Random random, int number) {
    TreeMap<Labels, SampleList> some = new TreeMap<>();
    content.forEach((labels, samples) -> {
      List<Sample> kept = new ArrayList<>();
      int i = 0;
      for (Sample sample : samples.samples()) {
        if (i++ % 3 == number || random.nextInt(4) == 0) {
          kept.add(sample);
        }
      }
      some.put(labels, new SampleList(kept));
    });
    return some;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void headAndBlocksAreOneSource(long seed) throws IOException {
    Random random = new Random(seed);
    SortedMap<Labels, SampleList> model =
        new RandomSeries(seed).series(RandomSeries.Kind.EVERYTHING, 40, START, START + 4 * RANGE);
    // Two blocks side by side, three that overlap, and a head that has something of all.
    write(1, START, START + RANGE, between(model, START, START + RANGE - 1));
    write(
        2, START + RANGE, START + 2 * RANGE, between(model, START + RANGE, START + 2 * RANGE - 1));
    SortedMap<Labels, SampleList> later = between(model, START + 2 * RANGE, Long.MAX_VALUE);
    for (int i = 0; i < 3; i++) {
      write(3 + i, START + 2 * RANGE, START + 4 * RANGE, part(later, random, i));
    }
    model.values().removeIf(SampleList::isEmpty);
    MapSource head = new MapSource(between(model, START + 3 * RANGE, Long.MAX_VALUE));
    head.content().values().removeIf(SampleList::isEmpty);
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      assertThat(blocks.status().blocks()).isEqualTo(5);
      Storage storage = new Storage(head, blocks);
      for (int i = 0; i < 60; i++) {
        long from = START - 1000 + random.nextLong(4 * RANGE);
        long to = random.nextBoolean() ? from + random.nextLong(2 * RANGE) : Long.MAX_VALUE;
        try (SeriesView view = storage.view()) {
          SourceModel.compare(view, model, SourceModel.matchers(random), from, to);
        }
      }
      try (SeriesView view = storage.view()) {
        SourceModel.assertSame("all", SourceModel.contentOf(view), model);
      }
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void theHeadCountsWhereBothHaveASampleOfTheSameTime() throws IOException {
    Labels labels = Labels.of("__name__", "a");
    write(1, START, START + RANGE, one(labels, 1));
    write(2, START, START + RANGE, one(labels, 2));
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      Storage storage = new Storage(new MapSource(one(labels, 3)), blocks);
      assertThat(content(storage)).isEqualTo(one(labels, 3));
      assertThat(content(new Storage(nothing(), blocks))).isEqualTo(one(labels, 2));
    }
  }

  private static SortedMap<Labels, SampleList> one(Labels labels, double value) {
    return new TreeMap<>(
        Map.of(labels, new SampleList(List.of(new Sample(START + 1, value, null)))));
  }

  private static SortedMap<Labels, SampleList> content(Storage storage) {
    try (SeriesView view = storage.view()) {
      return SourceModel.contentOf(view);
    }
  }

  @Test
  void whoReadsABlockGoesOnWhenItIsReplaced() throws IOException {
    SortedMap<Labels, SampleList> model =
        new RandomSeries(4).series(RandomSeries.Kind.FLOATS, 20, START, START + RANGE);
    Ulid first = write(1, START, START + RANGE, model);
    model.values().removeIf(SampleList::isEmpty);
    byte[] index = files.contentOf(first + "/index");
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      Storage storage = new Storage(nothing(), blocks);
      CompletableFuture<Void> waiting;
      try (SeriesView before = storage.view()) {
        Ulid second = write(2, START, START + RANGE, one(Labels.of("__name__", "new"), 7));
        blocks.replace(List.of(first), List.of(second));
        blocks.removeUnread(DiskPace.UNPACED, () -> false);
        assertThat(files.list(""))
            .containsExactlyInAnyOrder(first + ".tmp-for-deletion", second.toString(), "wal");
        assertThat(files.contentOf(first + ".tmp-for-deletion/index")).isEqualTo(index);
        SourceModel.assertSame("before", SourceModel.contentOf(before), model);
        assertThat(content(storage)).isEqualTo(one(Labels.of("__name__", "new"), 7));
        waiting = CompletableFuture.runAsync(blocks::awaitEarlierQueries);
        assertThat(waiting).isNotDone();
      }
      assertThat(waiting).succeedsWithin(1, TimeUnit.MINUTES);
      blocks.removeUnread(DiskPace.UNPACED, () -> false);
      assertThat(files.list("")).containsExactly(blocks.ulids().getFirst().toString(), "wal");
    }
  }

  private void replaceTwo(Blocks blocks) throws IOException {
    List<Ulid> before = blocks.ulids();
    Ulid third = write(3, START, START + RANGE, one(Labels.of("__name__", "c"), 3));
    blocks.replace(before, List.of(third));
  }

  @Test
  void aServiceThatStopsLeavesTheRestOfARemovalToTheNextStart() throws IOException {
    write(1, START, START + RANGE, one(Labels.of("__name__", "a"), 1));
    write(2, START, START + RANGE, one(Labels.of("__name__", "b"), 2));
    AtomicInteger asked = new AtomicInteger();
    List<Ulid> left;
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      replaceTwo(blocks);
      left = blocks.ulids();
      blocks.removeUnread(DiskPace.UNPACED, () -> asked.incrementAndGet() == 2);
      assertThat(asked).as("nothing is done after that").hasValue(2);
      assertThat(files.list("")).hasSize(4).contains(left.getFirst().toString());
    }
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      assertThat(files.list("")).containsExactly(left.getFirst().toString(), "wal");
      assertThat(blocks.ulids()).isEqualTo(left);
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void aStartGoesOnWhereAFolderCannotBeRemoved() throws IOException {
    Ulid first = write(1, START, START + RANGE, one(Labels.of("__name__", "a"), 1));
    Ulid second = write(2, START, START + RANGE, one(Labels.of("__name__", "b"), 2));
    List<Ulid> left;
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      replaceTwo(blocks);
      left = blocks.ulids();
    }
    String writing = Ulid.of(START, new Random(9)) + ".tmp-for-creation";
    for (String fixed : List.of(first.toString(), writing)) {
      files.createFolder(writing);
      files.failDeletionsOf(fixed);
      reports.clear();
      try (Blocks blocks = Blocks.open(files, reports::add)) {
        assertThat(blocks.ulids()).isEqualTo(left);
        assertThat(files.list("")).as("the others went").doesNotContain(second.toString());
        assertThat(files.list("")).filteredOn(name -> name.startsWith(fixed)).hasSize(1);
        assertThat(reports)
            .singleElement(InstanceOfAssertFactories.STRING)
            .contains(fixed)
            .contains("cannot be removed");
        assertThatThrownBy(() -> blocks.removeUnread(DiskPace.UNPACED, () -> false))
            .isInstanceOf(AccessDeniedException.class);
        files.failDeletionsOf("");
        blocks.removeUnread(DiskPace.UNPACED, () -> false);
        assertThat(files.list("")).noneMatch(name -> name.startsWith(fixed));
        assertThat(blocks.ulids()).isEqualTo(left);
      }
    }
  }

  /** Writes a block of a series, which was made of another one. */
  private void writeMadeOf(Ulid parent, Ulid child) throws IOException {
    BlockReference named = new BlockReference(parent, START, START + RANGE);
    BlockMeta meta =
        new BlockMeta(
            child,
            START,
            START + RANGE,
            BlockStats.NONE,
            new BlockCompaction(2, List.of(parent), List.of(named), List.of()),
            Map.of());
    new BlockWriter(files).write(meta, new ModelCursor(one(Labels.of("__name__", "a"), 1)));
  }

  @Test
  void aFolderThatCannotBeRenamedKeepsNoNewBlockFromComing() throws IOException {
    Ulid parent = write(1, START, START + RANGE, one(Labels.of("__name__", "a"), 1));
    Ulid child = Ulid.of(2, new Random(2));
    writeMadeOf(parent, child);
    files.failRenamesOf(parent.toString());
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      assertThat(reports).singleElement(InstanceOfAssertFactories.STRING).contains("cannot be");
      Ulid fresh = write(3, START, START + RANGE, one(Labels.of("__name__", "b"), 2));
      blocks.add(fresh);
      assertThat(blocks.ulids()).containsExactly(child, fresh);
      Ulid next = write(4, START, START + RANGE, one(Labels.of("__name__", "c"), 3));
      assertThatThrownBy(() -> blocks.replace(List.of(child), List.of(next)))
          .as("without the child its parent would come back")
          .isInstanceOf(AccessDeniedException.class);
      assertThat(blocks.ulids()).containsExactly(child, fresh);
      files.failRenamesOf("");
      blocks.removeUnread(DiskPace.UNPACED, () -> false);
      assertThat(files.list("")).doesNotContain(parent.toString());
      blocks.replace(List.of(child), List.of(next));
      assertThat(blocks.ulids()).containsExactly(fresh, next);
    }
  }

  @Test
  void aFolderThatCannotBeRemovedKeepsNoOtherFromBeingRemoved() throws IOException {
    Ulid first = write(1, START, START + RANGE, one(Labels.of("__name__", "a"), 1));
    write(2, START, START + RANGE, one(Labels.of("__name__", "b"), 2));
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      replaceTwo(blocks);
      String kept = blocks.ulids().getFirst().toString();
      files.failDeletionsOf(first.toString());
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> blocks.removeUnread(DiskPace.UNPACED, () -> false))
            .isInstanceOf(AccessDeniedException.class)
            .hasMessageContaining(first.toString());
        assertThat(files.list(""))
            .containsExactlyInAnyOrder(first + ".tmp-for-deletion", kept, "wal");
      }
      files.failDeletionsOf("");
      blocks.removeUnread(DiskPace.UNPACED, () -> false);
      assertThat(files.list("")).containsExactly(kept, "wal");
    }
  }

  @Test
  void aDamagedBlockIsSetAsideAndTheOthersAreServed() throws IOException {
    Labels labels = Labels.of("__name__", "a");
    Ulid first = write(1, START, START + RANGE, one(labels, 1));
    write(2, START, START + RANGE, one(Labels.of("__name__", "b"), 2));
    int bit = 20 * 8; // in the chunk
    MemoryBlockFiles damaged = files.withFlippedBit(first + "/chunks/000001", bit);
    try (Blocks blocks = Blocks.open(damaged, reports::add)) {
      Storage storage = new Storage(nothing(), blocks);
      assertThatThrownBy(() -> content(storage))
          .isInstanceOf(DamagedBlockException.class)
          .hasMessage(
              "memory/%s/chunks/000001 is damaged at byte 8: the checksum of a chunk is wrong"
                  .formatted(first));
      assertThat(content(storage)).isEqualTo(one(Labels.of("__name__", "b"), 2));
      assertThat(blocks.status().setAside()).isEqualTo(1);
      assertThat(damaged.list("")).contains(first + ".damaged");
    }
    damaged = files.withFlippedBit(first + "/index", 100);
    try (Blocks blocks = Blocks.open(damaged, reports::add)) {
      assertThat(reports)
          .containsExactly(
              "memory/%s/index is damaged at byte 9: the checksum of the symbols is wrong;"
                      .formatted(first)
                  + " block %s is set aside".formatted(first));
      assertThat(content(new Storage(nothing(), blocks)))
          .isEqualTo(one(Labels.of("__name__", "b"), 2));
    }
  }

  /** Whoever asked would take an answer without all of a block for the whole. */
  @Test
  void whereSeriesAreLookedForADamagedBlockIsAnErrorToo() throws IOException {
    Labels labels = Labels.of("__name__", "a", "b", "c");
    Ulid first = write(1, START, START + RANGE, one(labels, 1));
    write(2, START, START + RANGE, one(Labels.of("__name__", "d"), 2));
    List<List<Matcher>> selectors =
        List.of(
            List.of(), List.of(Matcher.equal("b", "c")), List.of(new Matcher(NOT_EQUAL, "b", "")));
    Set<String> found = new TreeSet<>();
    int bits = 8 * files.contentOf(first + "/index").length;
    for (int bit = 0; bit < bits; bit += 5) {
      MemoryBlockFiles damaged = files.withFlippedBit(first + "/index", bit);
      for (List<Matcher> selector : selectors) {
        found.addAll(problems(damaged, view -> labelsOf(view, selector), labels));
        found.addAll(
            problems(damaged, view -> view.labelValues("b", selector, START, START + 1), "c"));
      }
    }
    assertThat(found)
        .contains("the checksum of a series is wrong", "the checksum of a list of series is wrong");
  }

  private static List<Labels> labelsOf(SeriesView view, List<Matcher> selector) {
    return view.select(selector, START, START + 1).stream().map(Series::labels).toList();
  }

  /** What was found to be damaged by a question, whose answer has to contain something else. */
  private static <T> List<String> problems(
      MemoryBlockFiles damaged, Function<SeriesView, List<T>> question, T wanted)
      throws IOException {
    List<String> atTheStart = new ArrayList<>();
    try (Blocks blocks = Blocks.open(damaged.cutPower(new Random(0)), atTheStart::add)) {
      if (!atTheStart.isEmpty()) {
        return List.of();
      }
      try (SeriesView view = new Storage(nothing(), blocks).view()) {
        assertThat(question.apply(view)).contains(wanted);
        return List.of();
      } catch (DamagedBlockException e) {
        assertThat(blocks.status().setAside()).isEqualTo(1);
        String message = e.getMessage();
        return List.of(message.substring(message.indexOf(": ") + 2));
      }
    }
  }

  @Test
  void blocksThatWereCompactedAreRemovedAtTheStart() throws IOException {
    Ulid parent = write(1, START, START + RANGE, one(Labels.of("__name__", "a"), 1));
    Ulid child = Ulid.of(2, new Random(2));
    writeMadeOf(parent, child);
    files.createFolder("01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp-for-creation");
    try (Blocks blocks = Blocks.open(files, reports::add)) {
      assertThat(blocks.status().blocks()).isEqualTo(1);
      assertThat(files.list("")).containsExactly(child.toString(), "wal");
    }
  }
}
