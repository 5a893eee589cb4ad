package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.Element;
import dnd.metrics.server.promql.parse.Durations;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Holds the engine against {@link ReferenceEvaluator}, and range queries against instant queries at
 * each step, with random queries over random series.
 *
 * <p>{@code -Dpromql.fuzz.queries=N} makes it N queries each, {@code -Dpromql.fuzz.seed=S} others.
 */
class EngineAgainstReferenceTest {
  private static final long SEED = Long.getLong("promql.fuzz.seed", 20261126);
  private static final int QUERIES = Integer.getInteger("promql.fuzz.queries", 1500);
  private static final int QUERIES_A_SOURCE = 20;
  private static final long STEP = 47_000;
  private static final int STEPS = 25;

  private final QueryEngine engine = new QueryEngine(EngineOptions.defaults());

  /** What a series has at one step. */
  private record Point(double value, @Nullable Histogram histogram) {
    boolean isSame(Point other) {
      if (histogram == null || other.histogram == null) {
        return histogram == null && other.histogram == null && isNear(value, other.value);
      }
      return ReferenceHistogram.of(histogram).isLike(other.histogram);
    }

    boolean isSame(Element wanted) {
      if (histogram == null || wanted.histogram() == null) {
        return histogram == null && wanted.isFloat() && isNear(value, wanted.value());
      }
      return wanted.histogram().isLike(histogram);
    }

    private static boolean isNear(double a, double b) {
      return a == b
          || (Double.isNaN(a) && Double.isNaN(b))
          || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
          || Math.abs(a - b) < 1e-7;
    }
  }

  @Test
  void randomQueriesHaveTheReferencesAnswers() {
    Random random = new Random(SEED);
    ArraySource source = RandomQuerySource.make(random);
    int answered = 0;
    int empty = 0;
    int refused = 0;
    int unjudged = 0;
    for (int i = 0; i < QUERIES; i++) {
      if (i % QUERIES_A_SOURCE == 0) {
        source = RandomQuerySource.make(random);
      }
      String query = new RandomPromql(random, false).vector(3);
      String where = "-Dpromql.fuzz.seed=" + SEED + ", query " + i + ": " + query;
      List<Map<Labels, Point>> found = null;
      String error = "";
      try {
        found = range(source, query);
      } catch (QueryException e) {
        error = e.getMessage();
      } catch (RuntimeException e) {
        throw new AssertionError(where, e);
      }
      try {
        assertSame(where, reference(source, query), found, error);
        answered++;
        empty += found.stream().allMatch(Map::isEmpty) ? 1 : 0;
      } catch (ReferenceEvaluator.NoAnswer e) {
        assertThat(found).as(where + " has no answer: " + e.getMessage()).isNull();
        refused++;
      } catch (ReferenceEvaluator.Unjudged e) {
        unjudged++;
      }
    }
    System.out.printf(
        "seed %d: %d random queries answered as by the reference (%d of them empty), %d refused,"
            + " %d not judged%n",
        SEED, answered, empty, refused, unjudged);
    assertThat(answered).as("queries with an answer").isGreaterThan(QUERIES / 2);
    assertThat(empty).as("empty answers").isLessThan(QUERIES / 2);
    assertThat(unjudged).as("not judged").isLessThan(QUERIES / 5);
  }

  @Test
  void aRangeQueryIsAnInstantQueryAtEachStep() {
    Random random = new Random(SEED + 1);
    ArraySource source = RandomQuerySource.make(random);
    int answered = 0;
    for (int i = 0; i < QUERIES; i++) {
      if (i % QUERIES_A_SOURCE == 0) {
        source = RandomQuerySource.make(random);
      }
      String query = new RandomPromql(random, true).vector(3);
      String where = "-Dpromql.fuzz.seed=" + SEED + ", query " + i + ": " + query;
      List<Map<Labels, Point>> found = null;
      try {
        found = range(source, query);
      } catch (QueryException e) {
        assertThat(errors(source, query)).as(where).contains(textOf(e));
      }
      for (int step = 0; step < STEPS && found != null; step++) {
        Map<Labels, Point> here = found.get(step);
        Map<Labels, Point> instant = instant(source, query, step * STEP);
        assertThat(here.keySet()).as(where + " at step " + step).isEqualTo(instant.keySet());
        for (Map.Entry<Labels, Point> entry : instant.entrySet()) {
          Point point = here.get(entry.getKey());
          assertThat(point.isSame(entry.getValue()))
              .as(where + " at step " + step + " " + entry + " but " + point)
              .isTrue();
        }
      }
      answered += found == null ? 0 : 1;
    }
    assertThat(answered).as("queries with an answer").isGreaterThan(QUERIES / 2);
  }

  /** The errors of the query at each step. */
  private List<String> errors(ArraySource source, String query) {
    List<String> errors = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      try {
        instant(source, query, step * STEP);
      } catch (QueryException e) {
        errors.add(textOf(e));
      }
    }
    return errors;
  }

  /**
   * Without the duplicates that it names, and their group: the first in an order that is not told.
   */
  private static String textOf(QueryException e) {
    return String.valueOf(e.getMessage())
        .replaceAll("match group .* on the (left|right).*;", "match group ... on the $1;");
  }

  private static List<Map<Labels, Element>> reference(ArraySource source, String query) {
    Expr expr = Durations.resolve(Parser.parse(query, ParserOptions.ALL), STEP, STEP * (STEPS - 1));
    List<Map<Labels, Element>> all = new ArrayList<>();
    ReferenceEvaluator evaluator = new ReferenceEvaluator(source, 0, STEP * (STEPS - 1), STEP);
    for (int i = 0; i < STEPS; i++) {
      all.add(evaluator.at(expr, i * STEP));
    }
    return all;
  }

  private Map<Labels, Point> instant(ArraySource source, String query, long time) {
    QueryResult result = engine.instant(source, query, time, QueryOptions.defaults());
    Map<Labels, Point> all = new TreeMap<>();
    for (VectorSample sample : ((VectorValue) result.value()).samples()) {
      all.put(sample.labels(), new Point(sample.value(), sample.histogram()));
    }
    return all;
  }

  private List<Map<Labels, Point>> range(ArraySource source, String query) {
    QueryResult result =
        engine.range(source, query, 0, STEP * (STEPS - 1), STEP, QueryOptions.defaults());
    List<Map<Labels, Point>> all = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      all.add(new TreeMap<>());
    }
    for (MatrixSeries series : ((MatrixValue) result.value()).series()) {
      for (int k = 0; k < series.size(); k++) {
        all.get((int) (series.timestampsMillis()[k] / STEP))
            .put(series.labels(), new Point(series.values()[k], series.histogram(k)));
      }
    }
    return all;
  }

  private static void assertSame(
      String where,
      List<Map<Labels, Element>> wanted,
      @Nullable List<Map<Labels, Point>> found,
      String error) {
    if (found == null) {
      fail(where + " has an answer, but: " + error);
    }
    for (int i = 0; i < STEPS; i++) {
      assertThat(found.get(i).keySet())
          .as(where + " at step " + i)
          .isEqualTo(wanted.get(i).keySet());
      for (Map.Entry<Labels, Element> entry : wanted.get(i).entrySet()) {
        Point point = found.get(i).get(entry.getKey());
        assertThat(point.isSame(entry.getValue()))
            .as(where + " at step " + i + " " + entry + " but " + point)
            .isTrue();
      }
    }
  }
}
