package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.StaleMarker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Series that get no samples any more keep no open chunk, and may go on nevertheless. */
class SilentSeriesTest {
  private static final long START = 1_764_000_000_000L;
  private static final long MINUTE = 60_000L;

  @TempDir Path folder;

  private static Labels labels(String name) {
    return Labels.of("__name__", name);
  }

  private static void push(Head head, String name, long fromMillis, int times, double value)
      throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, START + 60 * MINUTE)) {
      for (int i = 0; i < times; i++) {
        batch.append(batch.resolve(labels(name)), fromMillis + i * 1000L, value);
      }
      batch.commit(done);
    }
    done.await();
  }

  private static HeadSeries series(Head head, String name) {
    return head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE).stream()
        .filter(series -> series.labels().equals(labels(name)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void onlyWhatIsSilentAndWorthItIsFinished() throws IOException {
    Map<Labels, List<String>> before;
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      push(head, "long", START, 20, 1);
      push(head, "short", START, 15, 2);
      push(head, "ended", START, 3, 3);
      push(head, "ended", START + 5000, 1, StaleMarker.VALUE);
      push(head, "lasting", START, 20, 4);
      push(head, "lasting", START + 11 * MINUTE, 1, 4);
      before = Samples.of(head);
      head.finishSilent(START + MINUTE);
      assertThat(series(head, "long").open).isNull();
      assertThat(series(head, "long").finished.size()).isEqualTo(1);
      assertThat(series(head, "short").open).isNotNull();
      assertThat(series(head, "ended").open).isNull();
      assertThat(series(head, "lasting").open).isNotNull();
      head.storeChunks();
      assertThat(Samples.of(head)).isEqualTo(before);
      head.finishSilent(START + 30 * MINUTE);
      assertThat(series(head, "long").finished.size()).isEqualTo(1);
      assertThat(series(head, "lasting").open).isNull();

      push(head, "long", START + 20 * MINUTE, 2, 5);
      push(head, "ended", START + 20 * MINUTE, 1, 6);
      assertThat(series(head, "long").open).isNotNull();
      assertThat(Samples.of(series(head, "long"))).hasSize(22);
      assertThat(Samples.of(series(head, "ended"))).hasSize(5);
      before = Samples.of(head);
      head.checkpoint();
    }
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void inAnEmptyHeadNobodyIsSilent() throws IOException {
    assertThat(SilentSeries.beforeMillis(START, MINUTE)).isEqualTo(START - 11 * MINUTE);
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      assertThat(SilentSeries.beforeMillis(head.newestMillis(), MINUTE)).isEqualTo(Long.MIN_VALUE);
    }
  }

  /** A watch that is over would stay with it for hours, and with the watch what it remembers. */
  @Test
  void whatIsSilentHoldsNoWatchAndIsHeardAgain() throws IOException {
    AtomicInteger heard = new AtomicInteger();
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      head.watch(
          List.of(List.of(Matcher.equal("__name__", "silent"))), news -> heard.incrementAndGet());
      push(head, "silent", START, 1, 1);
      assertThat(series(head, "silent").watches).isNotNull();
      head.finishSilent(START);
      assertThat(series(head, "silent").watches).isNotNull();
      head.finishSilent(START + MINUTE);
      assertThat(series(head, "silent").watches).isNull();
      push(head, "silent", START + 20 * MINUTE, 1, 2);
      push(head, "other", START + 20 * MINUTE, 1, 3); // behind what is told of the one before
      assertThat(heard).hasValue(2);
    }
  }
}
