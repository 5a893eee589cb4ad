package dnd.metrics.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A query of Prometheus's own range-query benchmark ({@code BenchmarkRangeQuery} of
 * promql/bench_test.go, 3.14.0), with what one took there on another day.
 *
 * @param steps the steps between its start and its end; it has one point more
 * @param tableNanos nanoseconds a query in Prometheus on a machine of this kind
 */
record RangeQuery(String expression, int steps, double tableNanos) {
  /** The rows of the table, in its order. */
  static List<RangeQuery> all() {
    InputStream resource =
        Objects.requireNonNull(RangeQuery.class.getResourceAsStream("range-queries.tsv"));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .skip(1)
          .map(line -> line.split("\t", 3))
          .map(c -> new RangeQuery(c[0], Integer.parseInt(c[1]), Double.parseDouble(c[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String title() {
    return expression + ", " + steps + (steps == 1 ? " step" : " steps");
  }

  /** The name under which {@code go test -bench} prints it, without the benchmark's own name. */
  String goName() {
    return ("expr=" + expression + ",steps=" + steps).replace(' ', '_');
  }

  long startMillis() {
    return RangeQueryData.END_MILLIS - steps * RangeQueryData.INTERVAL_MILLIS;
  }
}
