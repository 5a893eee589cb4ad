package dnd.metrics.server.promql.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.PrometheusHistograms;
import dnd.metrics.server.model.PrometheusHistograms.Case;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares with what Prometheus's own code made of random histograms. */
class NativeHistogramFunctionsTest {
  /** Logarithms differ from Go's in the last digits. */
  private static final double TOLERANCE = 1e-12;

  private static final PositionRange POSITION = new PositionRange(0, 1);

  @Test
  void functionsGiveWhatPrometheusGives() {
    List<Case> cases = PrometheusHistograms.cases();
    int compared = 0;
    for (int i = 0; i < cases.size(); i++) {
      for (String[] words : cases.get(i).results()) {
        String what = "case " + i + " " + String.join(" ", words) + " of " + cases.get(i).a();
        compared += compare(what, cases.get(i).a(), words) ? 1 : 0;
      }
    }
    assertEquals(12 * cases.size(), compared);
  }

  private static boolean compare(String what, Histogram h, String[] words) {
    AnnotationCollector annotations = new AnnotationCollector();
    switch (words[0]) {
      case "quantile" -> {
        double q = PrometheusHistograms.number(words[1]);
        close(what, words[2], NativeQuantile.of(q, h, "m", POSITION, annotations));
        assertEquals(Integer.parseInt(words[3]), annotations.finish("x").infos().size(), what);
      }
      case "fraction" -> {
        double lower = PrometheusHistograms.number(words[1]);
        double upper = PrometheusHistograms.number(words[2]);
        close(what, words[3], NativeFraction.of(lower, upper, h, "m", POSITION, annotations));
        assertEquals(Integer.parseInt(words[4]), annotations.finish("x").infos().size(), what);
      }
      case "below", "above" -> {
        double bound = PrometheusHistograms.number(words[1]);
        Histogram expected = PrometheusHistograms.histogram(words, 2);
        Histogram actual = HistogramTrim.trim(h, bound, words[0].equals("below"));
        close(what, expected.count(), actual.count());
        close(what, expected.sum(), actual.sum());
        close(what, expected.zeroCount(), actual.zeroCount());
        close(what, expected.positive(), actual.positive());
        close(what, expected.negative(), actual.negative());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void close(String what, String expected, double actual) {
    close(what, PrometheusHistograms.number(expected), actual);
  }

  private static void close(String what, Buckets expected, Buckets actual) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.index(i), actual.index(i), what);
      close(what, expected.count(i), actual.count(i));
    }
  }

  private static void close(String what, double expected, double actual) {
    if (Double.compare(expected, actual) != 0) {
      double difference = Math.abs(expected - actual);
      assertTrue(
          difference <= TOLERANCE * Math.max(1, Math.abs(expected)),
          what + ": expected " + expected + ", was " + actual);
    }
  }

  @Test
  void varianceIsThatOfTheBucketsMiddles() {
    Histogram h =
        Histogram.builder().count(4).sum(0).zeroCount(2).positive(Buckets.contiguous(3, 2)).build();
    // Two observations at 0, two at the geometric middle of (4, 8], about a mean of zero.
    assertEquals(2 * 32.0 / 4, NativeVariance.variance(h), 1e-12);
    assertEquals(4, NativeVariance.standardDeviation(h), 1e-12);
  }
}
