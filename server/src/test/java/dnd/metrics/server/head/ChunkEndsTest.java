package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the chunks of many series that get their samples together are finished. */
class ChunkEndsTest {
  private static final int SERIES = 180;
  private static final long RANGE_END = 236_000 * HeadSeries.RANGE_MILLIS;
  private static final int SECONDS = 400;

  @TempDir Path folder;

  private static void push(Head head, long timeMillis) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, timeMillis)) {
      for (int i = 0; i < SERIES; i++) {
        Labels labels = Labels.of("__name__", "m" + i);
        assertThat(batch.append(batch.resolve(labels), timeMillis, i))
            .isEqualTo(AppendOutcome.ACCEPTED);
      }
      batch.commit(done);
    }
    done.await();
  }

  private static int finishedChunks(Head head) {
    int chunks = 0;
    for (int i = 0; i < SERIES; i++) {
      chunks += head.series(i).finished.size();
    }
    return chunks;
  }

  /** But for the end of a range, no second has more to do than another. */
  @Test
  void seriesThatBeginTogetherFinishTheirChunksApart() throws IOException {
    try (Head head =
        Head.open(
            folder,
            path -> new MemoryLogFiles(),
            HeadOptions.DEFAULT,
            LogOptions.DEFAULT,
            ReplayListener.SILENT)) {
      int before = 0;
      for (int second = -SECONDS; second < SECONDS; second++) {
        push(head, RANGE_END + second * 1000L);
        int now = finishedChunks(head);
        if (second == 0) {
          assertThat(now - before).isEqualTo(SERIES);
        } else {
          assertThat(now - before).as("second %d", second).isBetween(0, SERIES / 90);
        }
        before = now;
      }
      for (int i = 0; i < SERIES; i++) {
        // 400 samples are at least 31, 120, 120, 120 and 9.
        assertThat(head.series(i).finished.size()).as("series %d", i).isBetween(7, 9);
      }
    }
  }
}
