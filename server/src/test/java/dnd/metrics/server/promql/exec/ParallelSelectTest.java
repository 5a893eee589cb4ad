package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.NamelessSource;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Queries that are large enough for helper threads say what one thread says. */
class ParallelSelectTest {
  private static final long STEP = 10_000;
  private static final int STEPS = 600;
  private static final int SERIES = 400;
  private final QueryEngine engine =
      new QueryEngine(EngineOptions.defaults(), new HelperThreads(2)); // on whatever machine

  /** Series of random numbers that are the same whenever they are read. */
  private record RandomSeries(Labels labels, int seed, AtomicInteger reads) implements Series {
    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      reads.incrementAndGet();
      Random random = new Random(seed);
      long[] next = {0};
      return batch -> {
        batch.clear();
        while (batch.size < 100 && next[0] <= STEPS) {
          long time = next[0]++ * STEP;
          double value = random.nextInt(20) == 0 ? 0 : random.nextDouble();
          if (time >= fromMillis && time <= toMillis) {
            batch.timestamps[batch.size] = time;
            batch.values[batch.size++] = value;
          }
        }
        return batch.size > 0;
      };
    }
  }

  private record ManySeries(List<Series> series) implements NamelessSource {
    @Override
    public List<? extends Series> select(List<Matcher> matchers, long from, long to) {
      return series;
    }
  }

  private final AtomicInteger reads = new AtomicInteger();

  private ManySeries many() {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      Labels labels =
          Labels.of("__name__", "m", "i", String.valueOf(i), "g", String.valueOf(i % 7));
      series.add(new RandomSeries(labels, i, reads));
    }
    return new ManySeries(series);
  }

  private String ask(SeriesSource source, String query, boolean onOneThread) {
    QueryOptions options = QueryOptions.defaults().withMeasured(onOneThread);
    QueryResult result = engine.range(source, query, 0, STEPS * STEP, STEP, options);
    StringBuilder out = new StringBuilder();
    for (MatrixSeries series : ((MatrixValue) result.value()).series()) {
      out.append(series.labels());
      for (int i = 0; i < series.size(); i++) {
        out.append(' ').append(series.timestampsMillis()[i]).append('=').append(series.values()[i]);
      }
      out.append('\n');
    }
    return out.append(result.annotations()).toString();
  }

  @Test
  void answersAreThoseOfOneThread() {
    ManySeries source = many();
    for (String query :
        List.of(
            "m",
            "sum by (g) (m)",
            "rate(m[1m])",
            "quantile by (g) (0.9, rate(m[5m]))",
            "topk(3, max_over_time(m[1m]))",
            "m + on(i) m",
            "limitk(5, m)",
            "count_values(\"v\", floor(m * 4))")) {
      assertThat(ask(source, query, false)).as(query).isEqualTo(ask(source, query, true));
    }
  }

  /** Who reads it waits until a helper has read one, if it is none. */
  private record AwaitingHelp(Series series, CountDownLatch helped) implements Series {
    @Override
    public Labels labels() {
      return series.labels();
    }

    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      try {
        if (Thread.currentThread().getName().startsWith("query-helper-")) {
          helped.countDown();
        } else if (!helped.await(1, TimeUnit.MINUTES)) {
          throw new IllegalStateException("nobody helps");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      return series.read(fromMillis, toMillis);
    }
  }

  @Test
  void helpersTakePart() {
    CountDownLatch helped = new CountDownLatch(1);
    List<Series> awaiting = new ArrayList<>();
    many().series().forEach(series -> awaiting.add(new AwaitingHelp(series, helped)));
    String wanted = ask(many(), "sum by (g) (rate(m[1m]))", true);
    assertThat(ask(new ManySeries(awaiting), "sum by (g) (rate(m[1m]))", false)).isEqualTo(wanted);
    assertThat(helped.getCount()).isZero();
  }

  @Test
  void everySeriesIsReadOnce() {
    ManySeries source = many();
    QueryResult result =
        engine.range(source, "sum(m)", 0, STEPS * STEP, STEP, QueryOptions.defaults());
    assertThat(reads).hasValue(SERIES);
    assertThat(result.statistics().samplesRead()).isEqualTo((long) SERIES * (STEPS + 1));
  }

  @Test
  void whatFailsInAHelperFailsTheQuery() {
    List<Series> series = new ArrayList<>(many().series());
    Labels labels = Labels.of("__name__", "m", "i", "broken");
    series.add(
        SERIES / 2,
        new Series() {
          @Override
          public Labels labels() {
            return labels;
          }

          @Override
          public SampleReader read(long fromMillis, long toMillis) {
            throw new IllegalStateException("a broken series");
          }
        });
    for (int round = 0; round < 20; round++) {
      assertThatThrownBy(() -> ask(new ManySeries(series), "sum(m)", false))
          .hasMessage("a broken series");
    }
    assertThat(ask(many(), "sum(m)", false)).isEqualTo(ask(many(), "sum(m)", true));
  }
}
