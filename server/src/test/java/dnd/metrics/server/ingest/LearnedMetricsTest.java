package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedMetricsTest {
  private static final long START = 1_764_000_000_000L;
  private static final long MINUTE = 60_000L;

  @TempDir Path folder;

  private static LearnedMetric metric(int hash) {
    MetricDescription description =
        new MetricDescription(
            "", ValueKind.GAUGE, MetricDescription.NOT_CREATED, "gauge", null, null);
    return new LearnedMetric(
        new byte[] {(byte) hash},
        new byte[0],
        hash,
        description,
        Labels.of("__name__", "m" + hash));
  }

  private static LearnedMetric withSample(int hash, SenderBatch batch, long millis) {
    LearnedMetric metric = metric(hash);
    metric.found(batch.resolve(metric.labels()));
    batch.append(metric.series(), millis, 1);
    return metric;
  }

  @Test
  void silentIsWhoseSeriesHasEndedAndNotWhoIsRefused() throws IOException {
    LearnedMetrics metrics = new LearnedMetrics();
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT);
        SenderBatch batch =
            head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, START)) {
      for (int refused = 0; refused < 5; refused++) {
        metrics.add(metric(refused));
      }
      assertThat(metrics.countSilent(10 * MINUTE)).isZero();
      metrics.add(withSample(5, batch, START));
      metrics.add(withSample(6, batch, START + 11 * MINUTE));
      assertThat(metrics.countSilent(10 * MINUTE)).isEqualTo(1);
    }
  }
}
