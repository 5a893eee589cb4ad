package dnd.metrics.server.rules.unittest;

import java.util.List;
import java.util.SortedMap;

/**
 * One test of a file: series, and what is expected of the rules. Times are milliseconds; those of
 * expectations count from the start.
 *
 * @param name empty where it has none
 * @param intervalMillis between the samples of the input; 0 for that between evaluations
 */
record UnitTest(
    String name,
    long intervalMillis,
    List<InputSeries> inputSeries,
    List<AlertTest> alertTests,
    List<ExprTest> exprTests,
    SortedMap<String, String> externalLabels,
    String externalUrl,
    long startMillis) {
  UnitTest {
    inputSeries = List.copyOf(inputSeries);
    alertTests = List.copyOf(alertTests);
    exprTests = List.copyOf(exprTests);
  }

  /** A series and its samples, in PromQL's test notation. */
  record InputSeries(String series, String values) {}

  /** The alerts of one name that are to fire at a time, no more and no fewer. */
  record AlertTest(long atMillis, String alertName, List<ExpectedAlert> alerts) {
    AlertTest {
      alerts = List.copyOf(alerts);
    }
  }

  /** An alert's labels, without its name, and annotations. */
  record ExpectedAlert(SortedMap<String, String> labels, SortedMap<String, String> annotations) {}

  /** The samples that a query is to have at a time. */
  record ExprTest(String expr, long atMillis, List<ExpectedSample> samples) {
    ExprTest {
      samples = List.copyOf(samples);
    }
  }

  /**
   * A sample.
   *
   * @param histogram in PromQL's test notation; empty where the sample is {@code value}
   */
  record ExpectedSample(String labels, double value, String histogram) {}

  /** When the last thing is expected. */
  long lastMillis() {
    long last = 0;
    for (AlertTest test : alertTests) {
      last = Math.max(last, test.atMillis());
    }
    for (ExprTest test : exprTests) {
      last = Math.max(last, test.atMillis());
    }
    return last;
  }
}
