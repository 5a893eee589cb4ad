package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryOptions;
import dnd.metrics.server.promql.exec.QueryResult;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.test.AtModifierVariants.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Carries out {@code eval} commands. */
final class EvalRunner {
  private static final long MINUTE_MILLIS = 60_000;

  /** What stands for another value in a range query than in an instant one. */
  private static final Pattern QUERY_CONTEXT = Pattern.compile("(start|end|range|step)\\(\\)");

  private final QueryEngine engine;
  private final SeriesSource source;
  private final QueryOptions options;

  EvalRunner(QueryEngine engine, SeriesSource source) {
    this.engine = engine;
    this.source = source;
    this.options = QueryOptions.defaults();
  }

  /** What is wrong with the query's answers, or empty where all are as expected. */
  Optional<String> run(EvalCommand command) {
    if (command.range()) {
      return runRange(command);
    }
    List<Variant> variants = new ArrayList<>();
    variants.add(new Variant(command.query(), command.endMillis()));
    try {
      variants.addAll(AtModifierVariants.of(command.query(), command.endMillis()));
    } catch (ParseException e) {
      return failed(command, command.query(), String.valueOf(e.getMessage()));
    }
    for (Variant variant : variants) {
      Optional<String> problem = runInstant(command, variant);
      if (problem.isPresent()) {
        return problem.map(
            text -> text + " (query " + variant.query() + " at " + variant.atMillis() + " ms)");
      }
    }
    return Optional.empty();
  }

  private Optional<String> runRange(EvalCommand command) {
    QueryResult result;
    try {
      result =
          engine.range(
              source,
              command.query(),
              command.startMillis(),
              command.endMillis(),
              command.stepMillis(),
              options);
    } catch (QueryException e) {
      return failed(command, command.query(), e.getMessage());
    }
    return check(command, result);
  }

  private Optional<String> runInstant(EvalCommand command, Variant variant) {
    QueryResult result;
    try {
      result = engine.instant(source, variant.query(), variant.atMillis(), options);
    } catch (QueryException e) {
      return failed(command, variant.query(), e.getMessage());
    }
    Optional<String> problem = check(command, result);
    if (problem.isPresent()
        || command.expectations().failure()
        || command.once()
        || QUERY_CONTEXT.matcher(variant.query()).find()) {
      return problem;
    }
    return runAsRange(command, variant, result).map(text -> "as a range query: " + text);
  }

  /** Runs an instant query as a range of three steps, of which the middle one must be the same. */
  private Optional<String> runAsRange(EvalCommand command, Variant variant, QueryResult instant) {
    QueryResult result;
    try {
      result =
          engine.range(
              source,
              variant.query(),
              variant.atMillis() - MINUTE_MILLIS,
              variant.atMillis() + MINUTE_MILLIS,
              MINUTE_MILLIS,
              options);
    } catch (QueryException e) {
      return Optional.of(e.getMessage());
    }
    if (!(result.value() instanceof MatrixValue matrix)) {
      return Optional.of("expected a matrix, got " + result.value());
    }
    if (command.expectations().ordered()) {
      return Optional.empty(); // A matrix has no order but that of its labels.
    }
    Optional<String> unsorted = ResultComparison.unsorted(matrix.series());
    if (unsorted.isPresent()) {
      return unsorted;
    }
    List<VectorSample> middle = at(matrix.series(), variant.atMillis());
    ResultComparison comparison = new ResultComparison(command);
    if (instant.value() instanceof ScalarValue) {
      return middle.isEmpty()
          ? Optional.of("expected a scalar, got nothing")
          : comparison.checkScalar(middle.getFirst().value());
    }
    return comparison.checkVector(middle);
  }

  private static List<VectorSample> at(List<MatrixSeries> matrix, long timeMillis) {
    List<VectorSample> samples = new ArrayList<>();
    for (MatrixSeries series : matrix) {
      for (int i = 0; i < series.size(); i++) {
        if (series.timestampsMillis()[i] == timeMillis) {
          samples.add(
              new VectorSample(
                  series.labels(), timeMillis, series.values()[i], series.histogram(i)));
        }
      }
    }
    return samples;
  }

  private static Optional<String> failed(EvalCommand command, String query, String message) {
    return command.expectations().failure()
        ? command.expectations().checkFailure(message)
        : Optional.of("error evaluating " + query + ": " + message);
  }

  private static Optional<String> check(EvalCommand command, QueryResult result) {
    if (command.expectations().failure()) {
      return Optional.of("expected an error but got none");
    }
    return command
        .expectations()
        .checkAnnotations(result.annotations())
        .or(() -> new ResultComparison(command).check(result.value()));
  }
}
