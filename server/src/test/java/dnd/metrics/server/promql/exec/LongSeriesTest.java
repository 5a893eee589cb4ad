package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.Planner;
import dnd.metrics.server.promql.plan.QueryTimes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A query that is cancelled while it is at one series does not go through all steps of that. */
class LongSeriesTest {
  private static final long AN_HOUR_NANOS = 3_600_000_000_000L;
  private static final long LOOKBACK = 300_000;
  private static final int STEPS = 2000;
  private static final QueryTimes TIMES = new QueryTimes(1000, STEPS * 1000, 1000);

  private final Cancellation cancellation = new Cancellation(System.nanoTime() + AN_HOUR_NANOS);

  /** A sample a second; the query is cancelled once they are read. */
  private record LongSeries(boolean histograms, Cancellation cancellation) implements Series {
    @Override
    public Labels labels() {
      return Labels.of("__name__", "x");
    }

    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      boolean[] read = {false};
      return batch -> {
        batch.clear();
        if (read[0]) {
          cancellation.cancel();
          return false;
        }
        read[0] = true;
        fill(batch);
        return true;
      };
    }

    private void fill(SampleBatch batch) {
      batch.ensureCapacity(STEPS);
      for (int i = 0; i < STEPS; i++) {
        batch.timestamps[i] = 1000L * (i + 1);
        batch.values[i] = i;
      }
      if (histograms) {
        batch.histograms = new Histogram[STEPS];
        Histogram one =
            Histogram.builder().schema(0).count(1).positive(Buckets.contiguous(1, 1)).build();
        Arrays.fill(batch.histograms, one);
      }
      batch.size = STEPS;
    }
  }

  private record OneSeries(Series series) implements NamelessSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return List.of(series);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "x smoothed, false",
    "increase(x[1m] smoothed), false",
    "increase(x[1m] anchored), false",
    "increase(x[1m] anchored), true"
  })
  void endsWhereItIs(String query, boolean histograms) {
    QueryContext context =
        new QueryContext(
            new OneSeries(new LongSeries(histograms, cancellation)),
            LOOKBACK,
            true,
            true,
            new AnnotationCollector(),
            new MemoryTracker(1 << 30, 1 << 30, new AtomicLong(), 1 << 30),
            cancellation,
            new ReadCounts(),
            new HelperThreads(0),
            true,
            false);
    Plan plan = Planner.optimized(Parser.parse(query, ParserOptions.ALL), TIMES, 60_000, LOOKBACK);
    SeriesOperator operator = new Operators(context).vector(plan, TIMES.grid());
    assertThatThrownBy(operator::next)
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> assertThat(e.type()).isEqualTo(QueryException.Type.CANCELED));
  }
}
