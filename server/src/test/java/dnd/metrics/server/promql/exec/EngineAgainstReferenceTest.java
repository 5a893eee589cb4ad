package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.parse.Durations;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds the engine against {@link ReferenceEvaluator} with random queries over random series. */
class EngineAgainstReferenceTest {
  private static final long SEED = 20261124;
  private static final int QUERIES = 1500;
  private static final long STEP = 47_000;
  private static final int STEPS = 25;

  @Test
  void randomQueriesHaveTheReferencesAnswers() {
    Random random = new Random(SEED);
    int answered = 0;
    for (int i = 0; i < QUERIES; i++) {
      ArraySource source = randomSource(random);
      String query = new RandomPromql(random).vector(3);
      String where = "seed " + SEED + ", query " + i + ": " + query;
      List<Map<Labels, Double>> wanted = reference(source, query);
      try {
        assertSame(where, wanted, engine(source, query));
        answered += wanted == null ? 0 : 1;
      } catch (QueryException e) {
        if (wanted != null) {
          fail(where + " has an answer, but: " + e.getMessage());
        }
      } catch (RuntimeException e) {
        throw new AssertionError(where, e);
      }
    }
    assertThat(answered).as("queries with an answer").isGreaterThan(QUERIES / 2);
  }

  private static ArraySource randomSource(Random random) {
    ArraySource source = new ArraySource();
    for (String name : new String[] {"x_total", "y_total", "g"}) {
      for (int series = random.nextInt(4); series >= 0; series--) {
        Labels labels =
            Labels.of(
                "__name__",
                name,
                "a",
                Integer.toString(random.nextInt(3)),
                "b",
                Integer.toString(random.nextInt(3)));
        long time = random.nextInt(600_000);
        double value = random.nextInt(10);
        for (int k = random.nextInt(120); k >= 0; k--) {
          source.add(labels, time, random.nextInt(30) == 0 ? StaleMarker.VALUE : value);
          time += 1 + random.nextInt(random.nextInt(8) == 0 ? 400_000 : 20_000);
          value = random.nextInt(12) == 0 ? 0 : value + random.nextInt(4);
        }
      }
    }
    return source;
  }

  /** The answer at every step, or null where the query has none. */
  private static List<Map<Labels, Double>> reference(ArraySource source, String query) {
    Expr expr = Durations.resolve(Parser.parse(query, ParserOptions.ALL), STEP, STEP * (STEPS - 1));
    List<Map<Labels, Double>> all = new ArrayList<>();
    try {
      for (int i = 0; i < STEPS; i++) {
        all.add(new ReferenceEvaluator(source).at(expr, i * STEP));
      }
    } catch (ReferenceEvaluator.NoAnswer e) {
      return null;
    }
    return all;
  }

  private static List<Map<Labels, Double>> engine(ArraySource source, String query) {
    QueryResult result =
        new QueryEngine(EngineOptions.defaults())
            .range(source, query, 0, STEP * (STEPS - 1), STEP, QueryOptions.defaults());
    List<Map<Labels, Double>> all = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      all.add(new TreeMap<>());
    }
    for (MatrixSeries series : ((MatrixValue) result.value()).series()) {
      for (int k = 0; k < series.size(); k++) {
        all.get((int) (series.timestampsMillis()[k] / STEP))
            .put(series.labels(), series.values()[k]);
      }
    }
    return all;
  }

  private static void assertSame(
      String where, List<Map<Labels, Double>> wanted, List<Map<Labels, Double>> found) {
    if (wanted == null) {
      fail(where + " has no answer, but the engine found " + found);
    }
    for (int i = 0; i < STEPS; i++) {
      assertThat(found.get(i).keySet())
          .as(where + " at step " + i)
          .isEqualTo(wanted.get(i).keySet());
      for (Map.Entry<Labels, Double> entry : wanted.get(i).entrySet()) {
        double a = entry.getValue();
        double b = found.get(i).get(entry.getKey());
        boolean same =
            a == b
                || (Double.isNaN(a) && Double.isNaN(b))
                || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
                || Math.abs(a - b) < 1e-9;
        assertThat(same).as(where + " at step " + i + " " + entry + " but " + b).isTrue();
      }
    }
  }
}
