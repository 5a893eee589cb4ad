package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.BlockWriter;
import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.block.ModelCursor;
import dnd.metrics.server.block.SampleList;
import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.EndlessSearch;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.model.StopAtThirdLook;
import dnd.metrics.server.promql.exec.ArraySource;
import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries of downsampled blocks have the answers that raw ones give. */
class DownsamplingTest {
  static final long HOUR = 3_600_000;
  static final long MINUTE = 60_000;
  static final long START = 236_007 * 2 * HOUR;
  static final long BLOCK = 6 * HOUR;
  static final int BLOCKS = 5;
  static final long END = START + BLOCKS * BLOCK;
  private static final DownsamplingTimes TIMES =
      new DownsamplingTimes(
          Map.of(
              DownsamplingTimes.FIVE_MINUTES,
              Retention.FOR_EVER,
              DownsamplingTimes.ONE_HOUR,
              Retention.FOR_EVER));
  private static final DownsamplingTimes ONLY_FIVE_MINUTES =
      new DownsamplingTimes(Map.of(DownsamplingTimes.FIVE_MINUTES, Retention.FOR_EVER));

  private final InstantSource clock =
      InstantSource.fixed(Instant.ofEpochMilli(END + 11 * 24 * HOUR));
  private final CurrentRetention retention =
      new CurrentRetention(Retention.EVERYTHING, Optional.empty(), Compactor.LONGEST_MILLIS);
  private final Random names = new Random(1);
  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());
  private final MemoryBlockFiles files = new MemoryBlockFiles();
  private final Map<String, MemoryBlockFiles> folders = new HashMap<>();
  private final ArraySource head = new ArraySource();

  private Blocks open() throws IOException {
    return Blocks.open(files, DownsamplingTest::fail);
  }

  static void fail(String report) {
    throw new AssertionError(report);
  }

  private DownsampledBlocks openDownsampled() throws IOException {
    return openDownsampled(TIMES, folders);
  }

  /**
   * @param folders which there are, by their names; the others are made
   */
  static DownsampledBlocks openDownsampled(
      DownsamplingTimes times, Map<String, MemoryBlockFiles> folders) throws IOException {
    return DownsampledBlocks.open(
        times,
        name -> folders.computeIfAbsent(name, n -> new MemoryBlockFiles()),
        DownsamplingTest::fail);
  }

  private void downsampleAll(Blocks blocks, DownsampledBlocks downsampled) throws IOException {
    downsampleAll(
        new Downsampler(blocks, downsampled, retention, Retention.FOR_EVER, 0, clock, names));
  }

  static void downsampleAll(Downsampler downsampler) throws IOException {
    boolean more = true;
    while (more) {
      more = downsampler.downsample();
      downsampler.removeUnread();
    }
  }

  static Labels labels(String name, int i) {
    return Labels.of("__name__", name, "a", "" + i % 2, "b", "" + i);
  }

  /** Counters with resets, gauges with NaN, and histograms; all with gaps and stale markers. */
  static SortedMap<Labels, SampleList> model(Random random) {
    TreeMap<Labels, SampleList> model = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      model.put(labels("c_total", i), floats(random, true));
      model.put(labels("g", i), floats(random, false));
    }
    model.put(labels("h", 1), histograms(random, false));
    model.put(labels("m", 1), histograms(random, true));
    return model;
  }

  private static long next(long time, Random random) {
    return time + 1000 + random.nextInt(random.nextInt(200) == 0 ? 3 * 3_600_000 : 60_000);
  }

  private static SampleList floats(Random random, boolean counter) {
    List<Sample> samples = new ArrayList<>();
    double value = 0;
    for (long t = START + random.nextInt(100_000); t < END + 3 * HOUR; t = next(t, random)) {
      // Some at the very bounds of windows.
      long time = random.nextInt(20) == 0 ? Math.ceilDiv(t, 5 * MINUTE) * 5 * MINUTE : t;
      t = Math.max(t, time);
      boolean stale = random.nextInt(40) == 0;
      double gauge = random.nextInt(60) == 0 ? Double.NaN : random.nextInt(1000) / 8.0 - 20;
      samples.add(new Sample(t, stale ? StaleMarker.VALUE : counter ? value : gauge, null));
      value = random.nextInt(50) == 0 ? random.nextInt(3) : value + random.nextInt(20);
    }
    return new SampleList(samples);
  }

  private static SampleList histograms(Random random, boolean mixed) {
    List<Sample> samples = new ArrayList<>();
    double count = 1;
    for (long t = START + random.nextInt(100_000); t < END; t = next(t, random)) {
      count = random.nextInt(50) == 0 ? 1 : count + random.nextInt(5);
      boolean isFloat = mixed && random.nextInt(4) == 0;
      Histogram histogram =
          Histogram.builder()
              .positive(Buckets.contiguous(0, count))
              .count(count)
              .sum(count)
              .build();
      samples.add(new Sample(t, isFloat ? 3 : 0, isFloat ? null : histogram));
    }
    return new SampleList(samples);
  }

  /** What is before {@link #END} in blocks, the rest in the head. */
  private void write(SortedMap<Labels, SampleList> model) throws IOException {
    for (int i = 0; i < BLOCKS; i++) {
      writeBlock(model, START + i * BLOCK, START + (i + 1) * BLOCK, i);
    }
    addTo(head, model, END);
  }

  /** Adds what a model has from a time on. */
  private static void addTo(ArraySource source, Map<Labels, SampleList> model, long fromMillis) {
    model.forEach((labels, samples) ->
        samples
            .between(fromMillis, Long.MAX_VALUE)
            .samples()
            .forEach(s ->
                source.add(labels, s.millis(), new ArraySource.Sample(s.value(), s.histogram()))));
  }

  private Ulid writeBlock(Map<Labels, SampleList> model, long min, long max, long number)
      throws IOException {
    return writeBlock(files, model, min, max, number);
  }

  /**
   * A block of what a model has between two times.
   *
   * @param number the greater, the newer
   */
  static Ulid writeBlock(
      MemoryBlockFiles files, Map<Labels, SampleList> model, long min, long max, long number)
      throws IOException {
    TreeMap<Labels, SampleList> part = new TreeMap<>();
    model.forEach((labels, samples) -> part.put(labels, samples.between(min, max - 1)));
    Ulid ulid = Ulid.of(START + number, new Random(number));
    new BlockWriter(files).write(BlockMeta.ofHead(ulid, min, max), new ModelCursor(part));
    return ulid;
  }

  private QueryResult ask(Storage storage, String query, long start, long end, long step) {
    return engine.range(storage, query, start, end, step, QueryOptions.defaults());
  }

  static void assertSame(String query, QueryResult wanted, QueryResult found) {
    List<MatrixSeries> a = ((MatrixValue) wanted.value()).series();
    List<MatrixSeries> b = ((MatrixValue) found.value()).series();
    assertThat(b.stream().map(MatrixSeries::labels))
        .as(query)
        .containsExactlyElementsOf(a.stream().map(MatrixSeries::labels).toList());
    for (int s = 0; s < a.size(); s++) {
      assertThat(b.get(s).timestampsMillis()).as(query).isEqualTo(a.get(s).timestampsMillis());
      for (int k = 0; k < a.get(s).size(); k++) {
        double x = a.get(s).values()[k];
        double y = b.get(s).values()[k];
        String where = query + " " + a.get(s).labels() + " at " + a.get(s).timestampsMillis()[k];
        assertThat(b.get(s).histogram(k)).as(where).isEqualTo(a.get(s).histogram(k));
        assertNear(where, x, y);
      }
    }
  }

  private static void assertNear(String where, double x, double y) {
    boolean near = Double.compare(x, y) == 0 || Math.abs(x - y) <= 1e-9 * Math.abs(x);
    assertThat(near).as(where + " " + x + " but " + y).isTrue();
  }

  private static final List<String> FUNCTIONS =
      List.of(
          "sum_over_time",
          "count_over_time",
          "min_over_time",
          "max_over_time",
          "avg_over_time",
          "present_over_time",
          "rate",
          "increase",
          "resets");

  private static String any(List<String> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  /** A query that downsampled samples may answer. */
  private static String query(Random random) {
    String selector =
        any(List.of("c_total", "g", "c_total{a=\"1\"}", "g{b!=\"2\"}", "h", "m"), random);
    String range = "[" + any(List.of("5m", "10m", "1h", "2h", "7h", "15m"), random) + "]";
    String modifier = any(List.of("", "", "", " offset 1h", " offset 5m"), random);
    String call = any(FUNCTIONS, random) + "(" + selector + range + modifier + ")";
    return random.nextInt(3) == 0 ? "sum by (a) (" + call + ")" : call;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void answersAreThoseOfRawSamples(long seed) throws IOException {
    Random random = new Random(seed);
    write(model(random));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    Storage raw = new Storage(head, blocks);
    Storage both = new Storage(head, blocks, downsampled);
    assertThat(ask(both, "rate(c_total[1h])", START, END, HOUR).annotations().infos()).isEmpty();
    downsampleAll(blocks, downsampled);

    int hours = 0;
    Map<String, QueryResult> answers = new TreeMap<>();
    for (int i = 0; i < 150; i++) {
      String query = query(random);
      long unit = random.nextBoolean() ? HOUR : 5 * MINUTE;
      long start = START + (random.nextInt(30) - 2) * unit;
      long step = (1 + random.nextInt(4)) * unit;
      QueryResult wanted = ask(raw, query, start, END + 4 * HOUR, step);
      QueryResult found = ask(both, query, start, END + 4 * HOUR, step);
      String where = "seed " + seed + ": " + query + " from " + start + " by " + step;
      assertSame(where, wanted, found);
      assertThat(found.annotations().infos().toString()).as(where).contains("downsampled to ");
      assertThat(found.annotations().warnings())
          .as(where)
          .isEqualTo(wanted.annotations().warnings());
      hours += found.annotations().infos().toString().contains("downsampled to 1h") ? 1 : 0;
      answers.put(query + "|" + start + "|" + step, wanted);
    }
    assertThat(hours).as("queries of windows of an hour").isGreaterThan(10);

    // The same when the raw blocks are gone, also after a restart.
    blocks.replace(blocks.ulids(), List.of());
    downsampled.close();
    Storage alone = new Storage(head, blocks, openDownsampled());
    for (Map.Entry<String, QueryResult> each : answers.entrySet()) {
      String[] parts = each.getKey().split("\\|");
      QueryResult found =
          ask(alone, parts[0], Long.parseLong(parts[1]), END + 4 * HOUR, Long.parseLong(parts[2]));
      assertSame("seed " + seed + " alone: " + each.getKey(), each.getValue(), found);
    }
  }

  private static String anyDuration(Random random) {
    return 1 + random.nextInt(180) + any(List.of("s", "m", "m"), random);
  }

  /**
   * Whatever the times and functions: who does not know of downsampled blocks sees no difference.
   */
  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void anyQueryHasTheAnswerThatRawSamplesGive(long seed) throws IOException {
    Random random = new Random(seed);
    write(model(random));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage raw = new Storage(head, blocks);
    Storage both = new Storage(head, blocks, downsampled);
    List<String> functions = new ArrayList<>(FUNCTIONS);
    functions.addAll(
        List.of("last_over_time", "changes", "delta", "irate", "deriv", "stdvar_over_time"));
    for (int i = 0; i < 150; i++) {
      String modifier = random.nextBoolean() ? "" : " offset " + anyDuration(random);
      String selector = any(List.of("c_total", "g", "h", "m"), random);
      String range = random.nextBoolean() ? anyDuration(random) : "1h";
      String query = any(functions, random) + "(" + selector + "[" + range + "]" + modifier + ")";
      if (random.nextInt(4) == 0) {
        query = any(FUNCTIONS, random) + "(" + query + "[" + anyDuration(random) + ":5m])";
      }
      long start = START + random.nextInt(10) * (random.nextBoolean() ? HOUR : 61_234);
      long step = random.nextBoolean() ? HOUR : 1 + random.nextInt(5_000_000);
      assertSame(
          "seed %d: %s from %d by %d".formatted(seed, query, start, step),
          ask(raw, query, start, END + HOUR, Math.max(step, 200_000)),
          ask(both, query, start, END + HOUR, Math.max(step, 200_000)));
    }
  }

  @Test
  void fewerSamplesAreReadAndOtherQueriesReadRawOnes() throws IOException {
    Random random = new Random(7);
    write(model(random));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage raw = new Storage(head, blocks);
    Storage both = new Storage(head, blocks, downsampled);

    String sums = "sum_over_time(g[1h])";
    long of = ask(both, sums, START, END, HOUR).statistics().samplesRead();
    long ofAll = ask(raw, sums, START, END, HOUR).statistics().samplesRead();
    assertThat(of * 20).isLessThan(ofAll);

    for (String query :
        List.of(
            "g",
            "sum_over_time(g[7m])",
            "sum_over_time(g[1h] offset 3m)",
            "stddev_over_time(g[1h])",
            "irate(c_total[1h])",
            "max_over_time(rate(c_total[1h])[2h:7m])",
            "increase(c_total[1h] anchored)",
            "sum(avg_over_time({__name__=~\"c_total|g\",b=\"1\"}[1h]))",
            "sum_over_time(g[1h] @ 1699250401)")) {
      QueryResult found = ask(both, query, START, END, HOUR);
      assertThat(found.annotations().infos().toString()).as(query).doesNotContain("downsampled");
      assertSame(query, ask(raw, query, START, END, HOUR), found);
    }
  }

  @Test
  void theFirstAndLastOfEachWindowStandInForRawSamplesThatAreGone() throws IOException {
    Random random = new Random(8);
    write(model(random));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage both = new Storage(head, blocks, downsampled);
    QueryResult before = ask(both, "c_total", START, END, HOUR);
    assertThat(before.annotations().warnings()).isEmpty();
    blocks.replace(blocks.ulids(), List.of());

    QueryResult after = ask(both, "c_total", START, END, HOUR);
    assertSame("c_total", before, after); // at the windows' bounds the newest sample is the last
    assertThat(after.annotations().warnings())
        .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .contains("raw samples of a part of the time are gone", "of every 5m");
    assertThat(both.labelValues("__name__", List.of(), START, END - 1))
        .containsExactly("c_total", "g", "h", "m");
  }

  @Test
  void whatTheHeadHasInTheTimeOfADownsampledBlockCounts() throws IOException {
    write(model(new Random(12)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    head.add(labels("g", 0), START + BLOCK + 1, new ArraySource.Sample(1e7, null));
    for (String query :
        List.of("max_over_time(g[1h])", "count_over_time(g[1h])", "rate(c_total[1h])")) {
      assertSame(
          query,
          ask(new Storage(head, blocks), query, START, END, HOUR),
          ask(new Storage(head, blocks, downsampled), query, START, END, HOUR));
    }
  }

  @Test
  void theSearchForWhatTheHeadHasInTheirTimeCanBeStopped() throws IOException {
    write(model(new Random(14)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Downsampling counts = new Downsampling(Aggregate.COUNT, DownsamplingTimes.FIVE_MINUTES);
    try (SeriesView view = new Storage(new EndlessSearch(), blocks, downsampled).view()) {
      assertThatThrownBy(() -> view.select(List.of(), START, END, counts, new StopAtThirdLook()))
          .isInstanceOf(StopAtThirdLook.Stopped.class);
    }
  }

  @Test
  void theOldestBlockHasAllItsKindsBeforeAnotherBegins() throws IOException {
    write(model(new Random(11)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    Downsampler downsampler =
        new Downsampler(blocks, downsampled, retention, Retention.FOR_EVER, 0, clock, names);
    List<Ulid> begun = new ArrayList<>();
    Map<Ulid, Integer> kindsBefore = new HashMap<>();
    while (downsampler.downsample()) {
      Map<Ulid, Integer> kinds = kindsByParent(downsampled);
      kinds.forEach((parent, count) -> {
        boolean grew = count > kindsBefore.getOrDefault(parent, 0);
        if (grew && (begun.isEmpty() || !begun.getLast().equals(parent))) {
          begun.add(parent);
        }
      });
      kindsBefore.putAll(kinds);
    }
    assertThat(begun).isEqualTo(blocks.ulids().stream().sorted().toList()); // the newer, the later
    assertThat(begun).hasSize(BLOCKS);
  }

  private static Map<Ulid, Integer> kindsByParent(DownsampledBlocks downsampled) {
    Map<Ulid, Integer> kinds = new HashMap<>();
    for (Blocks own : downsampled.all().values()) {
      BlockSnapshot made = own.hold();
      try {
        made.blocks()
            .forEach(
                block -> kinds.merge(DownsampledSnapshot.parent(block.meta()), 1, Integer::sum));
      } finally {
        made.release();
      }
    }
    return kinds;
  }

  @Test
  void rawBlocksThatHaveChangedCountAndAreDownsampledAgain() throws IOException {
    Random random = new Random(9);
    SortedMap<Labels, SampleList> model = model(random);
    write(model);
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage raw = new Storage(head, blocks);
    Storage both = new Storage(head, blocks, downsampled);

    TreeMap<Labels, SampleList> late = new TreeMap<>();
    late.put(labels("g", 0), new SampleList(List.of(new Sample(START + 1, 1e6, null))));
    blocks.add(writeBlock(late, START, START + BLOCK, 100));
    String query = "max_over_time(g[1h])";
    QueryResult withLate = ask(raw, query, START, END, HOUR);
    assertSame("late", withLate, ask(both, query, START, END, HOUR));
    downsampleAll(blocks, downsampled);
    assertSame("late, downsampled", withLate, ask(both, query, START, END, HOUR));

    Compactor compactor = new Compactor(blocks, retention, clock, new Random(2));
    while (compactor.compact(all -> Set.of())) {
      assertSame("compacted", withLate, ask(both, query, START, END, HOUR));
    }
    downsampleAll(blocks, downsampled);
    assertSame("downsampled again", withLate, ask(both, query, START, END, HOUR));
    Downsampling counts = new Downsampling(Aggregate.COUNT, DownsamplingTimes.FIVE_MINUTES);
    Blocks made = downsampled.all().get(counts);
    assertThat(made.ulids()).hasSameSizeAs(blocks.ulids());
  }

  @Test
  void whatIsDeletedIsNotInDownsampledBlocksEither() throws IOException {
    write(model(new Random(10)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage both = new Storage(head, blocks, downsampled);
    Matcher gauges = new Matcher(Matcher.Type.EQUAL, "__name__", "g");
    Deletion deletion =
        new Deletion(List.of(List.of(gauges)), START + BLOCK, START + 2 * BLOCK - 1);
    blocks.delete(deletion, nothing -> {});
    downsampled.delete(deletion);
    String query = "count_over_time(g[1h])";
    QueryResult wanted = ask(new Storage(head, blocks), query, START, END, HOUR);
    assertSame("deleted", wanted, ask(both, query, START, END, HOUR));
    blocks.replace(blocks.ulids(), List.of());
    QueryResult alone = ask(both, query, START + BLOCK + HOUR, START + 2 * BLOCK - HOUR, HOUR);
    assertThat(((MatrixValue) alone.value()).series()).isEmpty();
    QueryResult whole = ask(both, query, START, END, HOUR);
    downsampleAll(blocks, downsampled);
    for (Blocks each : downsampled.all().values()) {
      assertThat(each.status().tombstones()).isZero();
    }
    assertSame("written anew", whole, ask(both, query, START, END, HOUR));
    downsampled.close();
    Storage again = new Storage(head, blocks, openDownsampled());
    assertSame("after a restart", whole, ask(again, query, START, END, HOUR));
  }

  /** A sample a minute between two times, the second not included. */
  private static SampleList minutely(long from, long to) {
    List<Sample> samples = new ArrayList<>();
    for (long time = from + 1; time < to; time += MINUTE) {
      samples.add(new Sample(time, 5, null));
    }
    return new SampleList(samples);
  }

  private Map<String, QueryResult> answers(Storage storage) {
    Map<String, QueryResult> answers = new TreeMap<>();
    for (String metric : List.of("g", "c_total")) {
      for (String function : FUNCTIONS) {
        for (String range : List.of("[1h]", "[4h]")) {
          String query = function + "(" + metric + range + ")";
          answers.put(query, ask(storage, query, START, END, HOUR));
        }
        String query = function + "(" + metric + "[10m])";
        answers.put(query, ask(storage, query, START, END, 10 * MINUTE));
      }
      answers.put(metric, ask(storage, metric, START, END, HOUR));
    }
    return answers;
  }

  private void check(String what, Map<String, QueryResult> wanted, Storage storage) {
    Map<String, QueryResult> found = answers(storage);
    wanted.forEach((query, answer) -> assertSame(what + ": " + query, answer, found.get(query)));
  }

  private static List<Ulid> ofFiveMinutes(DownsampledBlocks downsampled, Aggregate aggregate) {
    Downsampling kind = new Downsampling(aggregate, DownsamplingTimes.FIVE_MINUTES);
    return downsampled.all().get(kind).ulids();
  }

  @Test
  void whatComesLateTakesNothingFromBlocksThatCannotBeMadeAgain() throws IOException {
    SortedMap<Labels, SampleList> model = model(new Random(15));
    long middle = START + BLOCK;
    model.put(labels("g", 5), minutely(middle, middle + 2 * HOUR));
    write(model);
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    TreeMap<Labels, SampleList> late = new TreeMap<>();
    late.put(labels("g", 5), minutely(middle + 3 * HOUR, middle + 4 * HOUR)); // it had a gap
    late.put(labels("g", 6), minutely(middle + 3 * HOUR, middle + 4 * HOUR));
    blocks.add(writeBlock(late, middle, middle + BLOCK, 100));
    Map<String, QueryResult> wanted = answers(new Storage(head, blocks));
    blocks.replace(blocks.ulids(), List.of());

    ArraySource lateHead = new ArraySource();
    addTo(lateHead, model, END);
    addTo(lateHead, late, START);
    check("in the head", wanted, new Storage(lateHead, blocks, downsampled));

    Storage both = new Storage(head, blocks, downsampled);
    blocks.add(writeBlock(late, middle, middle + BLOCK, 101));
    check("cut", wanted, both);
    downsampleAll(blocks, downsampled);
    check("downsampled", wanted, both);
    assertThat(ofFiveMinutes(downsampled, Aggregate.COUNT)).hasSize(BLOCKS + 1);
    blocks.replace(blocks.ulids(), List.of());
    downsampleAll(blocks, downsampled);
    check("without any raw block", wanted, both);
  }

  @Test
  void whatIsDeletedOfBlocksThatCannotBeMadeAgainDoesNotComeBack() throws IOException {
    write(model(new Random(17)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    blocks.replace(blocks.ulids(), List.of());
    TreeMap<Labels, SampleList> late = new TreeMap<>();
    late.put(labels("g", 6), minutely(START, START + HOUR));
    blocks.add(writeBlock(late, START, START + BLOCK, 100));
    Storage both = new Storage(head, blocks, downsampled);
    Matcher gauges = new Matcher(Matcher.Type.EQUAL, "__name__", "g");
    Deletion deletion = new Deletion(List.of(List.of(gauges)), START, START + BLOCK - 1);
    blocks.delete(deletion, nothing -> {});
    downsampled.delete(deletion);
    for (String what : List.of("deleted", "written anew", "without any raw block")) {
      for (String query : List.of("count_over_time(g[1h])", "g", "sum_over_time(g[7m])")) {
        QueryResult found = ask(both, query, START, START + BLOCK - HOUR, HOUR);
        assertThat(((MatrixValue) found.value()).series()).as(what + " " + query).isEmpty();
      }
      if (what.equals("written anew")) {
        blocks.replace(blocks.ulids(), List.of());
      }
      downsampleAll(blocks, downsampled);
    }
    assertThat(ofFiveMinutes(downsampled, Aggregate.COUNT)).hasSize(BLOCKS);
  }

  /** The values at whole hours, by series and time. */
  private static Map<String, Double> atHours(QueryResult result) {
    Map<String, Double> values = new TreeMap<>();
    for (MatrixSeries series : ((MatrixValue) result.value()).series()) {
      for (int k = 0; k < series.size(); k++) {
        if (series.timestampsMillis()[k] % HOUR == 0 && series.histogram(k) == null) {
          values.put(series.labels() + " " + series.timestampsMillis()[k], series.values()[k]);
        }
      }
    }
    return values;
  }

  @Test
  void longerWindowsStandInWhereShorterOnesAreGone() throws IOException {
    write(model(new Random(16)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled();
    downsampleAll(blocks, downsampled);
    Storage raw = new Storage(head, blocks);
    Storage alone =
        new Storage(head, Blocks.open(new MemoryBlockFiles(), DownsamplingTest::fail), downsampled);
    for (Map.Entry<Downsampling, Blocks> each : downsampled.all().entrySet()) {
      if (each.getKey().resolutionMillis() == DownsamplingTimes.FIVE_MINUTES) {
        each.getValue().replace(each.getValue().ulids().subList(0, 2), List.of());
      }
    }
    for (String function : FUNCTIONS) {
      for (String metric : List.of("g", "c_total")) {
        String query = function + "(" + metric + "[2h])";
        QueryResult found = ask(alone, query, START, END, 10 * MINUTE);
        assertThat(found.annotations().warnings().toString())
            .as(query)
            .contains("of every 1h")
            .doesNotContain("of every 5m");
        Map<String, Double> wanted = atHours(ask(raw, query, START, END, 10 * MINUTE));
        assertThat(atHours(found).keySet()).as(query).isEqualTo(wanted.keySet());
        if (!List.of("rate", "increase").contains(function)) { // which take it from the edges
          atHours(found)
              .forEach((where, value) -> assertNear(query + " " + where, wanted.get(where), value));
        }
      }
    }
    String query = "increase(c_total[150m])";
    long at = START + BLOCK;
    assertThat(atHours(ask(alone, query, at, at, MINUTE)))
        .as("aligned or not")
        .isEqualTo(atHours(ask(alone, query, at, at + 7 * MINUTE, 7 * MINUTE)))
        .isNotEmpty();
  }

  /** What is kept of five minutes, but for one kind that is damaged. */
  private Storage without(Aggregate gone) throws IOException {
    Map<String, MemoryBlockFiles> left = new HashMap<>(folders);
    left.put("5m-" + gone, new MemoryBlockFiles());
    return new Storage(
        head,
        Blocks.open(new MemoryBlockFiles(), DownsamplingTest::fail),
        openDownsampled(ONLY_FIVE_MINUTES, left));
  }

  @ParameterizedTest
  @CsvSource({
    "SUM, sum_over_time(k[10m])",
    "SUM, avg_over_time(k[10m])",
    "COUNT, count_over_time(g[10m])",
    "COUNT, count_over_time(h[10m])",
    "COUNT, avg_over_time(g[10m])",
    "COUNT, present_over_time(c_total[10m])",
    "MIN, min_over_time(c_total[10m])",
    "MAX, max_over_time(c_total[10m])",
    "WEIGHTS, resets(c_total[10m])",
  })
  void edgesStandInForAKindThatIsMissing(Aggregate missing, String query) throws IOException {
    SortedMap<Labels, SampleList> model = model(new Random(18));
    model.put(labels("k", 1), minutely(START, END));
    write(model);
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled(ONLY_FIVE_MINUTES, folders);
    downsampleAll(blocks, downsampled);
    downsampled.close();
    QueryResult found = ask(without(missing), query, START, END, 10 * MINUTE);
    assertSame(query, ask(new Storage(head, blocks), query, START, END, 10 * MINUTE), found);
    assertThat(found.annotations().warnings().toString()).contains("of every 5m");
  }

  @Test
  void weightsThatAreDamagedAreSetAside() throws IOException {
    write(model(new Random(19)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled(ONLY_FIVE_MINUTES, folders);
    downsampleAll(blocks, downsampled);
    String first = ofFiveMinutes(downsampled, Aggregate.WEIGHTS).getFirst().toString();
    downsampled.close();
    folders.compute(
        "5m-weights", (name, whole) -> whole.withFlippedBit(first + "/chunks/000001", 20 * 8));
    DownsampledBlocks damaged = openDownsampled(ONLY_FIVE_MINUTES, folders);
    Storage both = new Storage(head, blocks, damaged);
    String query = "rate(c_total[10m])";
    assertThatThrownBy(() -> ask(both, query, START, END, 10 * MINUTE))
        .hasMessageContaining("is damaged");
    assertThat(ofFiveMinutes(damaged, Aggregate.WEIGHTS)).hasSize(BLOCKS - 1);
    assertThat(ofFiveMinutes(damaged, Aggregate.EDGES)).hasSize(BLOCKS);
    assertSame(
        query,
        ask(new Storage(head, blocks), query, START, END, 10 * MINUTE),
        ask(both, query, START, END, 10 * MINUTE));
  }

  @Test
  void whoWaitsForQueriesDoesNotWaitForDownsampling() throws IOException {
    write(model(new Random(20)));
    Blocks blocks = open();
    DownsampledBlocks downsampled = openDownsampled(ONLY_FIVE_MINUTES, folders);
    InstantSource waiting = // asked for the name of each block while it is made, too
        () -> {
          assertThat(CompletableFuture.runAsync(blocks::awaitEarlierQueries))
              .succeedsWithin(1, TimeUnit.MINUTES);
          return clock.instant();
        };
    downsampleAll(
        new Downsampler(blocks, downsampled, retention, Retention.FOR_EVER, 0, waiting, names));
    assertThat(ofFiveMinutes(downsampled, Aggregate.COUNT)).hasSize(BLOCKS);
  }

  /** How many blocks of counts of 5 minutes there are, so long after the first block ended. */
  private int made(Blocks blocks, DownsampledBlocks downsampled, long hours) throws IOException {
    InstantSource now = InstantSource.fixed(Instant.ofEpochMilli(START + BLOCK + hours * HOUR));
    downsampleAll(
        new Downsampler(blocks, downsampled, retention, Retention.FOR_EVER, 0, now, new Random(1)));
    return downsampled
        .all()
        .get(new Downsampling(Aggregate.COUNT, DownsamplingTimes.FIVE_MINUTES))
        .ulids()
        .size();
  }

  @Test
  void blocksAreDownsampledAtFortyHoursAndKeptAsLongAsTheyAreToBe() throws IOException {
    write(model(new Random(11)));
    Blocks blocks = open();
    DownsamplingTimes times =
        new DownsamplingTimes(Map.of(DownsamplingTimes.FIVE_MINUTES, 50 * HOUR));
    DownsampledBlocks downsampled = openDownsampled(times, folders);
    assertThat(made(blocks, downsampled, 39)).isZero();
    assertThat(made(blocks, downsampled, 41)).isEqualTo(1);
    assertThat(made(blocks, downsampled, 47)).isEqualTo(2); // blocks end 6 hours apart
    assertThat(made(blocks, downsampled, 51)).isEqualTo(1); // the first is over
    assertThat(made(blocks, downsampled, 90)).isZero();
  }
}
