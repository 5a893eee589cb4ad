package dnd.metrics.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dnd.metrics.server.model.PrometheusHistograms.Case;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results are Prometheus's to the last bit. */
class PrometheusHistogramsTest {
  @Test
  void operationsGiveWhatPrometheusGives() {
    List<Case> cases = PrometheusHistograms.cases();
    int compared = 0;
    for (int i = 0; i < cases.size(); i++) {
      for (String[] words : cases.get(i).results()) {
        compared += compare("case " + i + " " + words[0], cases.get(i), words) ? 1 : 0;
      }
    }
    assertTrue(compared > 9 * cases.size(), "compared " + compared);
  }

  private static boolean compare(String what, Case c, String[] words) {
    Histogram a = c.a();
    switch (words[0]) {
      case "string" -> assertEquals(text(words), a.toString(), what);
      case "test" -> assertEquals(text(words), a.toTestExpression(), what);
      case "add", "sub" -> {
        HistogramSum sum = HistogramSum.plain(a);
        boolean reconciled = words[0].equals("add") ? sum.add(c.b()) : sum.subtract(c.b());
        assertEquals(Boolean.parseBoolean(words[1]), sum.hintsCollided(), what);
        assertEquals(Boolean.parseBoolean(words[2]), reconciled, what);
        same(what, PrometheusHistograms.histogram(words, 3), sum.result());
      }
      case "kahan" -> {
        HistogramSum sum = HistogramSum.compensated(a);
        sum.add(c.b());
        sum.add(c.c());
        sum.add(a);
        same(what, PrometheusHistograms.histogram(words, 1), sum.result());
      }
      case "compact" -> same(what, PrometheusHistograms.histogram(words, 1), a.compact());
      case "reset" -> {
        assertEquals(Boolean.parseBoolean(words[1]), c.b().isResetFrom(a), what);
        assertEquals(Boolean.parseBoolean(words[2]), c.c().isResetFrom(a), what);
      }
      case "mul" -> same(what, PrometheusHistograms.histogram(words, 1), a.multipliedBy(-0.3));
      case "div" -> same(what, PrometheusHistograms.histogram(words, 1), a.dividedBy(7));
      case "schema" ->
          same(what, PrometheusHistograms.histogram(words, 1), a.toSchema(a.schema() - 1));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String text(String[] words) {
    return String.join(" ", words).substring(words[0].length() + 1);
  }

  private static void same(String what, Histogram expected, Histogram actual) {
    String message = what + "\nexpected " + expected + "\nbut was  " + actual;
    assertEquals(expected.counterResetHint(), actual.counterResetHint(), message);
    assertEquals(withoutNaN(expected), withoutNaN(actual), message);
  }

  /** A NaN's bits depend on the processor's order of operands; that it is one does not. */
  private static Histogram withoutNaN(Histogram h) {
    return Double.isNaN(h.sum()) ? h.toBuilder().sum(Double.NaN).build() : h;
  }
}
