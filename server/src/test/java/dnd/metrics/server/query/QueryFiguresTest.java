package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.promql.exec.QueryException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryFiguresTest {
  private final QueryFigures figures = new QueryFigures();

  @Test
  void queriesAreCountedByHowTheyEnded() {
    long start = System.nanoTime();
    figures.ended(QueryFigures.SUCCESS, start);
    figures.ended(QueryFigures.SUCCESS, start);
    figures.ended(QueryFigures.outcome(QueryException.Type.TOO_LARGE), start);
    figures.read(10);
    figures.read(5);

    assertThat(figures.outcomes()).isEqualTo(Map.of("success", 2L, "too_large", 1L));
    assertThat(figures.samplesRead()).isEqualTo(15);
    assertThat(figures.durations().buckets().values().stream().mapToDouble(c -> c).sum())
        .isEqualTo(3);
  }
}
