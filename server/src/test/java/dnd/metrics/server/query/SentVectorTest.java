package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentVectorTest {
  private final SentVector told = new SentVector();

  private static VectorSample sample(String name, long time, double value) {
    return new VectorSample(Labels.of("__name__", name), time, value, null);
  }

  @Test
  void tellsNewChangedAndGoneSeries() {
    assertThat(told.advance(List.of(sample("a", 1, 1), sample("b", 1, Double.NaN))).changed())
        .hasSize(2);
    SentVector.Change change =
        told.advance(List.of(sample("a", 2, 1), sample("b", 2, Double.NaN), sample("c", 2, 3)));
    assertThat(change.changed()).containsExactly(sample("c", 2, 3));
    assertThat(change.gone()).isEmpty();
    change = told.advance(List.of(sample("b", 3, 5), sample("c", 3, 3)));
    assertThat(change.changed()).containsExactly(sample("b", 3, 5));
    assertThat(change.gone()).containsExactly(Labels.of("__name__", "a"));
    assertThat(told.advance(List.of()).gone()).hasSize(2);
  }
}
