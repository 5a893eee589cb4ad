package dnd.metrics.server.promql.test;

import dnd.metrics.server.model.GoFloat;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import dnd.metrics.server.promql.parse.SequenceValue;
import dnd.metrics.server.promql.parse.SequenceValue.FloatValue;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.parse.SequenceValue.Omitted;
import dnd.metrics.server.promql.test.EvalCommand.ExpectedSeries;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a query's value with what an {@code eval} expects; the answers say what differs. */
final class ResultComparison {
  private final EvalCommand expected;

  ResultComparison(EvalCommand expected) {
    this.expected = expected;
  }

  /** What is wrong with {@code value}, or empty where it is as expected. */
  Optional<String> check(QueryValue value) {
    return switch (value) {
      case ScalarValue v -> checkScalar(v.value());
      case StringValue v ->
          v.value().equals(expected.string())
              ? Optional.empty()
              : Optional.of(
                  "expected string \"" + expected.string() + "\" but got \"" + v.value() + "\"");
      case VectorValue v -> checkVector(v.samples());
      case MatrixValue v -> checkMatrix(v.series());
    };
  }

  Optional<String> checkScalar(double value) {
    Double scalar = expected.scalar();
    if (scalar == null) {
      return Optional.of("expected vector or matrix, but got scalar " + number(value));
    }
    return Tolerance.equal(scalar, value)
        ? Optional.empty()
        : Optional.of("expected scalar " + number(scalar) + " but got " + number(value));
  }

  Optional<String> checkVector(List<VectorSample> samples) {
    if (expected.scalar() != null) {
      return Optional.of("expected scalar, but got vector " + samples);
    }
    Set<Labels> seen = new HashSet<>();
    for (int i = 0; i < samples.size(); i++) {
      VectorSample sample = samples.get(i);
      ExpectedSeries series = expected.series().get(sample.labels());
      String actual = value(sample.value(), sample.histogram());
      if (series == null) {
        return Optional.of("unexpected " + sample.labels() + " in result, has " + actual);
      }
      if (!seen.add(sample.labels())) {
        return Optional.of("two samples of " + sample.labels());
      }
      if (expected.expectations().ordered() && series.position() != i + 1) {
        return Optional.of(
            "expected "
                + sample.labels()
                + " at position "
                + series.position()
                + " but was at "
                + (i + 1));
      }
      SequenceValue wanted = series.values().getFirst();
      if (!matches(wanted, sample.value(), sample.histogram())) {
        return Optional.of(
            "expected " + value(wanted) + " for " + sample.labels() + " but got " + actual);
      }
    }
    return missing(seen);
  }

  private Optional<String> missing(Set<Labels> seen) {
    return expected.series().entrySet().stream()
        .filter(series -> !seen.contains(series.getKey()))
        .findFirst()
        .map(series ->
            "expected "
                + series.getKey()
                + " with "
                + series.getValue().values().stream().map(ResultComparison::value).toList()
                + " not found");
  }

  private Optional<String> checkMatrix(List<MatrixSeries> matrix) {
    if (expected.expectations().ordered()) {
      return Optional.of("expected ordered result, but query returned a matrix");
    }
    if (expected.scalar() != null) {
      return Optional.of("expected scalar, but got a matrix of " + matrix.size() + " series");
    }
    Optional<String> unsorted = unsorted(matrix);
    if (unsorted.isPresent()) {
      return unsorted;
    }
    Set<Labels> seen = new HashSet<>();
    for (MatrixSeries series : matrix) {
      if (!seen.add(series.labels())) {
        return Optional.of("two series " + series.labels());
      }
      ExpectedSeries wanted = expected.series().get(series.labels());
      Optional<String> problem =
          wanted == null
              ? Optional.of("unexpected " + series.labels() + " in result, has " + format(series))
              : checkSeries(wanted.values(), series);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return missing(seen);
  }

  private Optional<String> checkSeries(List<SequenceValue> wanted, MatrixSeries series) {
    int j = 0;
    for (int i = 0; i < wanted.size(); i++) {
      long time = expected.startMillis() + i * expected.stepMillis();
      if (time > expected.endMillis()) {
        return Optional.of(
            "expected "
                + wanted.size()
                + " points for "
                + series.labels()
                + ", but the time range cannot return this many");
      }
      if (wanted.get(i) instanceof Omitted) {
        continue;
      }
      if (j == series.size()
          || series.timestampsMillis()[j] != time
          || !matches(wanted.get(i), series.values()[j], series.histogram(j))) {
        return Optional.of(
            "expected "
                + value(wanted.get(i))
                + " at "
                + time
                + " for "
                + series.labels()
                + ", result has "
                + format(series));
      }
      j++;
    }
    return j == series.size()
        ? Optional.empty()
        : Optional.of(
            "expected " + j + " points for " + series.labels() + ", but got " + format(series));
  }

  /** Where a matrix is not sorted by labels. */
  static Optional<String> unsorted(List<MatrixSeries> matrix) {
    for (int i = 1; i < matrix.size(); i++) {
      Labels before = matrix.get(i - 1).labels();
      Labels after = matrix.get(i).labels();
      if (before.compareTo(after) > 0) {
        return Optional.of("matrix is not sorted: " + after + " comes after " + before);
      }
    }
    return Optional.empty();
  }

  private static boolean matches(
      SequenceValue wanted, double value, @Nullable Histogram histogram) {
    return switch (wanted) {
      case Omitted o -> false;
      case FloatValue v -> histogram == null && Tolerance.equal(v.value(), value);
      case HistogramValue v ->
          histogram != null && HistogramComparison.equal(v.histogram(), histogram, v.hintGiven());
    };
  }

  private static String value(SequenceValue value) {
    return switch (value) {
      case Omitted o -> "nothing";
      case FloatValue v -> number(v.value());
      case HistogramValue v -> v.histogram().toTestExpression();
    };
  }

  private static String value(double value, @Nullable Histogram histogram) {
    return histogram == null ? number(value) : histogram.toTestExpression();
  }

  private static String number(double value) {
    return GoFloat.format(value);
  }

  private static String format(MatrixSeries series) {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < series.size(); i++) {
      out.append(i == 0 ? "" : ", ")
          .append(value(series.values()[i], series.histogram(i)))
          .append('@')
          .append(series.timestampsMillis()[i]);
    }
    return out.append(']').toString();
  }
}
