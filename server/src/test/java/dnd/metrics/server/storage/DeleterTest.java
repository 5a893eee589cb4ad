package dnd.metrics.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.MemoryBlockFiles;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeleterTest {
  private static final int RANGES = 3;
  private static final int SAMPLES = 2 * 10 * RANGES;

  @TempDir Path folder;
  private final MemoryBlockFiles files = new MemoryBlockFiles();

  /** Whoever counts is waited for, as queries are, when the head is cut. */
  @Test
  void countingComesToAnEndWhenItsTimeIsOver() throws IOException {
    RangeModel model = new RangeModel();
    for (int range = 0; range < RANGES; range++) {
      model.write(range, files);
    }
    Deletion all =
        new Deletion(
            List.of(
                List.of(Matcher.equal("__name__", "a")), List.of(Matcher.equal("__name__", "b"))),
            RangeModel.start(0),
            RangeModel.start(RANGES));
    int notFound = 0;
    int notWhole = 0;
    DeletionCount last = null;
    try (Head head = Head.open(folder.resolve("data"), HeadOptions.DEFAULT, ReplayListener.SILENT);
        Blocks blocks = Blocks.open(files, DownsamplingTest::fail)) {
      Deleter deleter = new Deleter(head, blocks);
      for (int turns = 0; last == null || !last.isWhole(); turns++) {
        int most = turns;
        AtomicInteger asked = new AtomicInteger();
        try {
          last = deleter.count(all, Deleter.MOST_COUNTED, () -> asked.incrementAndGet() > most);
          assertThat(last.series()).isEqualTo(2);
          assertThat(last.samples()).isBetween(1L, (long) SAMPLES);
          notWhole += last.isWhole() ? 0 : 1;
        } catch (UnreadableSamplesException e) {
          assertThat(e).hasMessageContaining("more than a minute");
          notFound++;
        }
      }
    }
    assertThat(last.samples()).isEqualTo(SAMPLES);
    assertThat(notFound).isPositive();
    assertThat(notWhole).isPositive();
  }
}
