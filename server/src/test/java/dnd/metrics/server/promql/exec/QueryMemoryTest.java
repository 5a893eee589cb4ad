package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import java.time.InstantSource;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a query's memory is counted for: labels that it makes, histograms that it holds. */
class QueryMemoryTest {
  private static final long MINUTE = 60_000;
  private static final long LIMIT_BYTES = 64 << 20;
  private static final int SERIES = 1000;
  private static final int LABEL_BYTES = Labels.heapBytes(2);
  private static final String LONG_TEXT = "x".repeat(200);

  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  /**
   * Series that are made when asked for: {@code x{id="0"}}, {@code x{id="1"}} and so on.
   *
   * @param made how many labels were made of series that have none of their own
   * @param reads how many series were read
   */
  private record ManySeries(int count, AtomicInteger made, AtomicInteger reads)
      implements SeriesSource {
    ManySeries(int count) {
      this(count, new AtomicInteger(), new AtomicInteger());
    }

    private record One(int id, AtomicInteger made, AtomicInteger reads) implements Series {
      @Override
      public Labels labels() {
        made.incrementAndGet();
        return all();
      }

      private Labels all() {
        return Labels.of("__name__", "x", "id", Integer.toString(id));
      }

      @Override
      public int newLabelBytes() {
        return LABEL_BYTES;
      }

      @Override
      public String label(String name) {
        return all().get(name);
      }

      @Override
      public Labels keep(Collection<String> names) {
        return all().keep(names);
      }

      @Override
      public Labels without(Collection<String> names) {
        return all().without(names);
      }

      @Override
      public SampleReader read(long fromMillis, long toMillis) {
        reads.incrementAndGet();
        boolean[] read = {false};
        return batch -> !read[0] && (read[0] = fill(batch));
      }

      private boolean fill(SampleBatch batch) {
        batch.clear();
        batch.timestamps[0] = MINUTE;
        batch.values[0] = id;
        batch.size = 1;
        return true;
      }
    }

    @Override
    public List<Series> select(List<Matcher> matchers, long from, long to) {
      return new AbstractList<>() {
        @Override
        public Series get(int i) {
          return new One(i, made, reads);
        }

        @Override
        public int size() {
          return count;
        }
      };
    }

    @Override
    public List<String> labelNames(List<Matcher> matchers, long from, long to) {
      return List.of("__name__", "id");
    }

    @Override
    public List<String> labelValues(String name, List<Matcher> matchers, long from, long to) {
      return List.of();
    }
  }

  private long peak(SeriesSource source, String query) {
    return engine.instant(source, query, MINUTE, QueryOptions.defaults()).statistics().peakBytes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "sort_by_label(x, 'id')",
        "label_replace(x, 'new', '$1', 'id', '(.*)')",
        "label_join(-x, 'new', '', 'id', 'id')"
      })
  void aMillionSeriesAreRefusedBeforeAnythingIsMadeOfThem(String query) {
    ManySeries source = new ManySeries(1_000_000);
    QueryOptions limited = QueryOptions.defaults().withMemoryLimitBytes(LIMIT_BYTES);
    String text = query.replace('\'', '"');
    assertThatThrownBy(() -> engine.instant(source, text, MINUTE, limited))
        .isInstanceOf(QueryException.class)
        .hasMessage("query needs more memory than a query may use (67108864 bytes)");
    assertThatThrownBy(() -> engine.range(source, text, 0, MINUTE, MINUTE, limited))
        .isInstanceOf(QueryException.class)
        .hasMessage("query needs more memory than a query may use (67108864 bytes)");
    assertThat(source.made).hasValue(0);
    assertThat(source.reads).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x > 0 or x == 0",
        "x + 1",
        "sort(x)",
        "topk(1000, x)",
        "last_over_time(x[1m])",
        "limitk(1000, x)",
        "x[1m]"
      })
  void labelsAreMadeOnceAndCounted(String query) {
    ManySeries source = new ManySeries(SERIES);
    assertThat(peak(source, query)).isGreaterThan((long) SERIES * LABEL_BYTES);
    assertThat(source.made).hasValueLessThanOrEqualTo(query.contains(" or ") ? 2 * SERIES : SERIES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum(x)",
        "count by (id) (x)",
        "avg without (id) (x)",
        "sum by (__name__, id) (delta(x[1m]))",
        "max without (id) (last_over_time(x[1m]))",
        "sum(x and on (id) x)"
      })
  void groupsAreFormedWithoutTheLabelsOfTheirSeries(String query) {
    ManySeries source = new ManySeries(SERIES);
    peak(source, query);
    assertThat(source.reads.get()).isGreaterThanOrEqualTo(SERIES);
    assertThat(source.made).hasValue(0);
  }

  @Test
  void onlyTheBestOfManyGetLabels() {
    ManySeries source = new ManySeries(SERIES);
    peak(source, "topk(3, x)");
    assertThat(source.made).hasValue(3);
  }

  /** More than the query of the same series that makes no labels, by what the texts take alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "label_replace(x, 'new', '${1}LONG', 'id', '(.*)') | x",
        "label_join(x, 'new', 'LONG', 'id', 'id') | x",
        "label_replace(x, 'new', '${1}LONG', 'id', '(.*)') + 1 | x + 1",
        "topk(1000, label_replace(x, 'new', '${1}LONG', 'id', '(.*)')) | topk(1000, x)",
        "label_replace(x, 'new', '${1}LONG', 'id', '(.*)') * on (id) x | x * on (id) x",
        "sort(label_replace(x, 'new', '${1}LONG', 'id', '(.*)')) | sort(x)",
      })
  void labelsThatAQueryMakesAreCounted(String making, String plain) {
    ManySeries source = new ManySeries(SERIES);
    long with = peak(source, making.replace("LONG", LONG_TEXT).replace('\'', '"'));
    long without = peak(source, plain);
    assertThat(with - without).isGreaterThan(SERIES * (long) LONG_TEXT.length());
  }

  @Test
  void labelsOfGroupsAndMatchesAreCounted() {
    ManySeries source = new ManySeries(SERIES);
    long groups = peak(source, "sum by (id) (x)") - peak(source, "x");
    assertThat(groups).isGreaterThan(SERIES * (long) Labels.of("id", "1").heapBytes());
    long matches = peak(source, "x and on (id) x") - peak(source, "x");
    assertThat(matches).isGreaterThan(SERIES * (long) Labels.of("id", "1").heapBytes());
    long withoutName = peak(source, "abs(x)") - peak(source, "x");
    assertThat(withoutName)
        .isGreaterThanOrEqualTo(SERIES * (long) Labels.of("id", "1").heapBytes());
  }

  @Test
  void labelsOfValuesAreCounted() {
    ArraySource source = new ArraySource();
    Histogram wide = histogram(200);
    for (int i = 0; i < SERIES; i++) {
      Histogram other = wide.toBuilder().sum(i).build();
      source.add(
          Labels.of("__name__", "h", "id", "" + i), MINUTE, new ArraySource.Sample(0, other));
    }
    long with = peak(source, "count_values(\"v\", h)");
    assertThat(with).isGreaterThan(SERIES * (long) wide.toString().length());
  }

  @Test
  void labelsOfInfoMetricsAreCounted() {
    ArraySource source = new ArraySource();
    for (int i = 0; i < SERIES; i++) {
      String instance = "i" + i;
      source.add(Labels.of("__name__", "x", "instance", instance, "job", "j"), MINUTE, 1);
      source.add(
          Labels.of(
              "__name__", "target_info", "instance", instance, "job", "j", "a", "1", "b", "2"),
          MINUTE,
          1);
    }
    // Both read the info metrics; only one gets new labels of them.
    long with = peak(source, "info(x)");
    long without = peak(source, "info(x, {none=\"\"})");
    assertThat(with - without).isGreaterThan(SERIES * 40L);
  }

  @Test
  void aMillionNewLabelsAreRefused() {
    // Without its labels a series takes 80 bytes here: the first third of a million is enough to
    // tell whether labels are counted.
    ManySeries source = new ManySeries(1_000_000);
    String query = "label_replace(x, \"new\", \"${1}" + LONG_TEXT + "\", \"id\", \"(.*)\")";
    QueryOptions limited = QueryOptions.defaults().withMemoryLimitBytes(LIMIT_BYTES);
    assertThatThrownBy(() -> engine.instant(source, query, MINUTE, limited))
        .isInstanceOf(QueryException.class)
        .hasMessage("query needs more memory than a query may use (67108864 bytes)");
    ManySeries third = new ManySeries(333_333);
    assertThat(peak(third, "x")).isLessThan(LIMIT_BYTES);
    assertThatThrownBy(() -> engine.instant(third, query, MINUTE, limited))
        .isInstanceOf(QueryException.class)
        .hasMessage("query needs more memory than a query may use (67108864 bytes)");
  }

  private static Histogram histogram(int buckets) {
    double[] counts = new double[buckets];
    java.util.Arrays.fill(counts, 3);
    return Histogram.builder()
        .schema(3)
        .positive(Buckets.contiguous(0, counts))
        .count(3.0 * buckets)
        .sum(10)
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h",
        "rate(h[10m])",
        "sum by (id) (h)",
        "sum_over_time(h[10m])",
        "h + h",
        "-h",
        "h[10m]"
      })
  void histogramsAreCountedWithTheirBuckets(String query) {
    long narrow = peak(histograms(1), query);
    long wide = peak(histograms(500), query);
    assertThat(wide - narrow).isGreaterThanOrEqualTo(20 * 499 * 12L);
  }

  private static ArraySource histograms(int buckets) {
    ArraySource source = new ArraySource();
    Histogram histogram = histogram(buckets);
    for (int i = 0; i < 20; i++) {
      Labels labels = Labels.of("__name__", "h", "id", "" + i);
      source.add(labels, 0, new ArraySource.Sample(0, histogram));
      source.add(labels, MINUTE, new ArraySource.Sample(0, histogram.multipliedBy(2)));
    }
    return source;
  }

  /** What the same steps take without a range function, its windows and its samples. */
  @Test
  void windowsOverFineStepsAreCounted() {
    ManySeries source = new ManySeries(1);
    int steps = 100_000;
    QueryOptions options = QueryOptions.defaults();
    long with =
        engine
            .range(source, "max_over_time(x[5m])", MINUTE, MINUTE + steps - 1, 1, options)
            .statistics()
            .peakBytes();
    long without =
        engine.range(source, "x", MINUTE, MINUTE + steps - 1, 1, options).statistics().peakBytes();
    assertThat(with - without).isBetween(16L * steps, 17L * steps);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum_over_time", "max_over_time", "rate", "quantile_over_time"})
  void samplesOfSubqueriesAreCounted(String function) {
    ManySeries source = new ManySeries(1);
    int steps = 100_000;
    String arguments = function.startsWith("quantile") ? "(0.5, " : "(";
    String query = function + arguments + "x[100s:1ms])";
    long peak =
        engine.instant(source, query, 4 * MINUTE, QueryOptions.defaults()).statistics().peakBytes();
    // Values, times and values as samples, and what is noted of each.
    assertThat(peak).isGreaterThanOrEqualTo((8L + 16 + 40) * steps);
  }

  @Test
  void subqueriesOfTooManyStepsAreRefused() {
    for (String query : List.of("max_over_time(x[25d:1ms])", "x[25d:1ms]")) {
      assertThatThrownBy(
              () -> engine.instant(new ManySeries(1), query, MINUTE, QueryOptions.defaults()))
          .isInstanceOfSatisfying(
              QueryException.class,
              e -> assertThat(e.type()).isEqualTo(QueryException.Type.TOO_LARGE))
          .hasMessageContaining("more than 2147483647 steps of 1 ms");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quantile_over_time(time(), x[2h])", "histogram_quantile(time(), x)"})
  void oneAnnotationForEachOfManyStepsIsTooMany(String query) {
    Annotations annotations =
        engine
            .range(
                new ManySeries(1), query, MINUTE, MINUTE + 5_000_000, 1000, QueryOptions.defaults())
            .annotations();
    assertThat(annotations.warnings()).hasSize(AnnotationCollector.MOST_OF_A_KIND);
    assertThat(annotations.isCut()).isTrue();
    // In the order of their texts, as where there are few.
    assertThat(annotations.warnings()).anyMatch(text -> text.contains("got 100 "));
    assertThat(annotations.warnings()).noneMatch(text -> text.contains("got 999 "));
  }

  @Test
  void aResultThatIsHeldCountsUntilItIsClosed() {
    // Takes 160 kB for values while it runs, and 320 kB for the row that is its result.
    QueryEngine small =
        new QueryEngine(
            new EngineOptions(
                120_000, 300_000, 700_000, 700_000, 50_000_000, 60_000, InstantSource.system()));
    ManySeries source = new ManySeries(1);
    HeldMemory held = small.answerMemory();
    QueryOptions options = QueryOptions.defaults().withHeldIn(held);
    small.range(source, "x", MINUTE, MINUTE + 19_999, 1, options);
    assertThat(held.bytes()).isBetween(320_000L, 321_000L);
    assertThat(small.heldBytes()).isEqualTo(held.bytes());
    assertThatThrownBy(
            () -> small.range(source, "x", MINUTE, MINUTE + 19_999, 1, QueryOptions.defaults()))
        .hasMessageContaining("all queries together");
    held.close();
    assertThat(small.heldBytes()).isZero();
    small.range(source, "x", MINUTE, MINUTE + 19_999, 1, QueryOptions.defaults());
    assertThat(small.heldBytes()).isZero();
  }

  @Test
  void whatLastsMayTakeHalfOfAll() {
    QueryEngine small =
        new QueryEngine(
            new EngineOptions(
                120_000, 300_000, 1000, 1000, 50_000_000, 60_000, InstantSource.system()));
    HeldMemory one = small.lastingMemory();
    HeldMemory other = small.lastingMemory();
    assertThat(one.tryResize(300)).isTrue();
    assertThat(other.tryResize(201)).isFalse();
    assertThat(other.tryResize(200)).isTrue();
    assertThat(one.tryResize(301)).isFalse();
    assertThat(one.tryResize(100)).isTrue();
    assertThat(small.heldBytes()).isEqualTo(300);
    one.close();
    one.close();
    assertThat(one.tryResize(1)).isFalse();
    assertThat(small.heldBytes()).isEqualTo(200);
  }

  @Test
  void nothingStaysCountedWhenAQueryIsOver() {
    ArraySource source = histograms(50);
    java.util.concurrent.atomic.AtomicLong total = new java.util.concurrent.atomic.AtomicLong();
    MemoryTracker memory = new MemoryTracker(LIMIT_BYTES, 1000, total, LIMIT_BYTES);
    memory.reserve(100, 1);
    memory.close();
    assertThat(total.get()).isZero();
    peak(source, "sum(h) + sum(rate(h[10m]))");
    assertThat(engine.running()).isEmpty();
  }
}
