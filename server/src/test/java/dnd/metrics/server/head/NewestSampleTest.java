package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a series says is its newest sample is the one that a reader finds last. */
class NewestSampleTest {
  private static final int EVENTS = 200;

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();
  private long atHand;
  private long before;
  private long looks;

  private Head open(int seed) throws IOException {
    return Head.open(
        folder.resolve("data" + seed),
        path -> disk,
        HeadOptions.DEFAULT,
        LogOptions.DEFAULT,
        ReplayListener.SILENT);
  }

  @Test
  void itIsWhatAReaderFindsLast() throws IOException {
    int seeds = Integer.getInteger("fault.seeds", 5);
    for (int seed = 0; seed < seeds; seed++) {
      disk = new MemoryLogFiles();
      Random random = new Random(seed);
      RandomEvents events = new RandomEvents(seed);
      long clock = 0;
      for (int life = 0; life < 2; life++) {
        try (Head head = open(seed)) {
          for (int n = 0; n < EVENTS; n++) {
            RandomEvents.Event event = events.next();
            event.applyTo(head);
            clock = event.received();
            switch (random.nextInt(40)) {
              case 0 -> head.delete(new Deletion(List.of(List.of()), clock - 900, clock));
              case 1 -> head.delete(new Deletion(List.of(List.of()), clock - 9_000, clock - 900));
              case 2 -> head.checkpoint();
              case 3 -> Parked.park(head, clock - 60_000);
              case 4 -> head.cut(new MemoryBlocks());
              default -> {}
            }
            check(head, clock, random, seed);
          }
        }
        disk = disk.kill();
      }
    }
    assertThat(atHand).as("of %d looks", looks).isGreaterThan(looks / 100).isLessThan(looks);
    assertThat(before).as("not the newest of all").isPositive();
  }

  private interface Act {
    void in(SenderBatch batch, HeadSeries series);
  }

  private static void push(Head head, Act act) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch = head.sender(new SenderId("s", "")).begin(EventKind.PUSH, null, 100)) {
      act.in(batch, batch.resolve(Labels.of("__name__", "m")));
      batch.commit(done);
    }
    done.await();
  }

  /** A total whose newest sample was deleted, and whole values that come before that. */
  @Test
  void anIncrementIsBehindWhatCameOutOfOrder() throws IOException {
    for (long late = 40; late <= 60; late += 10) {
      disk = new MemoryLogFiles();
      for (int life = 0; life < 2; life++) {
        try (Head head = open((int) late)) {
          if (life == 0) {
            push(head, (batch, series) -> batch.addDelta(series, 100, 1));
            head.delete(new Deletion(List.of(List.of()), 100, 100));
            push(head, (batch, series) -> batch.append(series, 60, 6));
            long at = late;
            push(head, (batch, series) -> batch.addDelta(series, at, 1));
          }
          assertThat(Samples.of(head.series(0))).containsExactly("60=6.0", "61=2.0");
        }
        disk = disk.kill();
      }
    }
  }

  private void check(Head head, long clock, Random random, int seed) {
    SampleBatch batch = new SampleBatch();
    for (HeadSeries series : head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      long from = clock - random.nextInt(5_000);
      long to = clock - (random.nextBoolean() ? 0 : random.nextInt(2_000));
      looks++;
      if (series.readNewest(from, to, batch)) {
        atHand++;
        assertLast(series, from, to, batch, "seed " + seed + ", " + series.labels());
        before += series.newestMillis() > batch.timestamps[0] ? 1 : 0;
      }
    }
  }

  /** The batch has one sample, the last that is read between two times. */
  private static void assertLast(
      HeadSeries series, long from, long to, SampleBatch batch, String as) {
    assertThat(batch.size).as(as).isEqualTo(1);
    Histogram[] histograms = batch.histograms;
    String text = histograms == null ? Samples.text(batch.values[0]) : Samples.text(histograms[0]);
    assertThat(Samples.of(series, from, to))
        .as(as)
        .last()
        .isEqualTo(batch.timestamps[0] + "=" + text);
  }
}
