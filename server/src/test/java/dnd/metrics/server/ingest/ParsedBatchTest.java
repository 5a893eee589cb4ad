package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class ParsedBatchTest {
  private final ParsedBatch batch = new ParsedBatch();

  private void add(int rows) {
    for (int i = 0; i < rows; i++) {
      batch.add(LearnedMetric.beforeAll(), i, ParsedBatch.NO_TIME, i, null);
    }
  }

  /** A small event behind a large one must not leave what the predictor has forgotten meanwhile. */
  @Test
  void holdsNoMetricsOfEventsBefore() {
    add(40);
    batch.clear();
    add(3);
    assertThat(batch.metrics).filteredOn(Objects::nonNull).hasSize(3);
    batch.clear();
    assertThat(batch.metrics).containsOnlyNulls();
  }
}
