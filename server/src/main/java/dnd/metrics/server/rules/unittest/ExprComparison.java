package dnd.metrics.server.rules.unittest;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryException;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.SequenceValue.HistogramValue;
import dnd.metrics.server.promql.parse.SeriesDescription;
import dnd.metrics.server.rules.RuleQuery;
import dnd.metrics.server.rules.template.RealText;
import dnd.metrics.server.rules.unittest.UnitTest.ExpectedSample;
import dnd.metrics.server.rules.unittest.UnitTest.ExprTest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Compares what queries give with what is expected. */
final class ExprComparison {
  /** Of an expectation, which has one at most: to say how many there are instead. */
  private static final int MAX_VALUES = 1000;

  /**
   * A sample; histograms are compared by their test notation.
   *
   * @param histogram empty where it is a float
   */
  private record Sample(Labels labels, double value, String histogram) {
    @Override
    public String toString() {
      return labels
          + " "
          + (histogram.isEmpty() ? RealText.format(value, 'E', RealText.SHORTEST) : histogram);
    }
  }

  private final RuleQuery query;
  private final boolean fuzzy;

  ExprComparison(RuleQuery query, boolean fuzzy) {
    this.query = query;
    this.fuzzy = fuzzy;
  }

  /** Why the query does not give what is expected, in promtool's words. */
  Optional<String> failure(ExprTest test, long atMillis) {
    String head =
        "    expr: " + quote(test.expr()) + ", time: " + DurationText.format(test.atMillis()) + ",";
    List<Sample> got = new ArrayList<>();
    try {
      for (VectorSample sample : query.at(test.expr(), atMillis)) {
        got.add(new Sample(sample.labels(), sample.value(), notation(sample.histogram())));
      }
    } catch (QueryException | ParseException e) {
      return Optional.of(head + " err: " + e.getMessage());
    }
    List<Sample> expected = new ArrayList<>();
    for (ExpectedSample sample : test.samples()) {
      try {
        expected.add(read(sample));
      } catch (ParseException | IllegalArgumentException e) {
        String words = " err: labels " + quote(sample.labels()) + ": " + e.getMessage();
        return Optional.of(head + words);
      }
    }
    expected.sort(Comparator.comparing(Sample::labels));
    got.sort(Comparator.comparing(Sample::labels));
    if (equal(expected, got)) {
      return Optional.empty();
    }
    return Optional.of(head + "\n        exp: " + print(expected) + "\n        got: " + print(got));
  }

  private static Sample read(ExpectedSample sample) {
    SeriesDescription metric = SeriesDescription.parse(sample.labels(), MAX_VALUES);
    if (!metric.values().isEmpty()) {
      throw new IllegalArgumentException("expected labels only");
    }
    if (sample.histogram().isEmpty()) {
      return new Sample(metric.labels(), sample.value(), "");
    }
    var values = SeriesDescription.parse("{} " + sample.histogram(), MAX_VALUES).values();
    if (values.size() != 1) {
      throw new IllegalArgumentException("expected 1 value, got " + values.size());
    }
    if (!(values.getFirst() instanceof HistogramValue value)) {
      throw new IllegalArgumentException("expected histogram, got " + sample.histogram());
    }
    return new Sample(metric.labels(), sample.value(), notation(value.histogram()));
  }

  private static String notation(@Nullable Histogram histogram) {
    return histogram == null ? "" : histogram.toTestExpression();
  }

  private boolean equal(List<Sample> expected, List<Sample> got) {
    if (expected.size() != got.size()) {
      return false;
    }
    for (int i = 0; i < got.size(); i++) {
      Sample a = expected.get(i);
      Sample b = got.get(i);
      boolean same =
          a.labels.equals(b.labels) && a.histogram.equals(b.histogram) && equal(a.value, b.value);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** As numbers compare: what is no number equals nothing. */
  private boolean equal(double a, double b) {
    return a == b || (fuzzy && (Math.nextDown(a) == b || Math.nextUp(a) == b));
  }

  private static String print(List<Sample> samples) {
    if (samples.isEmpty()) {
      return "nil";
    }
    StringJoiner out = new StringJoiner(", ");
    samples.forEach(sample -> out.add(sample.toString()));
    return out.toString();
  }
}
