package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.block.DiskBlockFiles;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.SeriesView;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that takes in events, writes checkpoints, cuts blocks and deletes samples, with
 * SIGKILL at random moments, again and again on one folder: every acknowledged event is there, each
 * whole, none twice, and what was deleted is gone for good. {@code -Dcrash.runs=200} for a
 * campaign.
 */
class CrashTest {
  private static final int SENDERS = 3;

  @TempDir Path folder;
  private int blocksSeen;

  /** Up to which event samples were to be deleted, and up to which it was acknowledged. */
  private long deletionBegun = -1;

  private long deletionDone = -1;

  @Test
  void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
    int runs = Integer.getInteger("crash.runs", 5);
    long seed = Long.getLong("crash.seed", 4711);
    Random random = new Random(seed);
    long[] next = new long[SENDERS];
    for (int run = 0; run < runs; run++) {
      String where = "seed " + seed + " run " + run;
      runAndKill(random.nextInt(400), run % 2 == 1, next);
      check(next, where);
    }
    assertThat(next).as("events taken in").doesNotContain(0);
    assertThat(blocksSeen).as("blocks").isPositive();
    assertThat(deletionDone).as("deleted up to").isPositive();
    System.out.printf("%d kills, %d events%n", runs, Arrays.stream(next).sum());
  }

  /**
   * Runs a child until some events are acknowledged, with {@code cut} until it cuts blocks, and a
   * while longer; moves {@code next}.
   */
  private void runAndKill(int millis, boolean cut, long[] next)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CrashChild.class.getName());
    command.add(folder.resolve("data").toString());
    for (long first : next) {
      command.add(Long.toString(first));
    }
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream out = child.getInputStream()) {
      String line = line(out);
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      boolean killed = false;
      boolean awaitsCut = cut;
      while (line != null) {
        int space = line.indexOf(' ');
        int sender = Integer.parseInt(line, 0, space, 10);
        long event = Long.parseLong(line, space + 1, line.length(), 10);
        if (sender == -2) {
          deletionBegun = event;
        } else if (sender == -3) {
          deletionDone = event;
        }
        if (sender < 0) {
          if (awaitsCut && sender == -1) {
            awaitsCut = false;
            end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
          }
          line = line(out);
          continue;
        }
        assertThat(event).as("acknowledgements come in order").isEqualTo(next[sender]);
        next[sender] = event + 1;
        if (!killed && !awaitsCut && System.nanoTime() >= end) {
          killed = true;
          child.toHandle().destroyForcibly(); // Process's own method would close the stream too
        }
        line = line(out);
      }
      assertThat(killed).as("killed by this test").isTrue();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /** The next whole line; null at the end, where the kill may have cut one. */
  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0 && c != '\n') {
      line.append((char) c);
      c = in.read();
    }
    return c < 0 ? null : line.toString();
  }

  private void check(long[] next, String where) throws IOException {
    Reports reports = new Reports();
    Path data = folder.resolve("data");
    try (Head head = Head.open(data, HeadOptions.DEFAULT, reports);
        Blocks blocks = Blocks.open(new DiskBlockFiles(data.resolve("blocks")), reports::report);
        SeriesView view = new Storage(head, blocks).view()) {
      blocksSeen = blocks.status().blocks();
      for (int sender = 0; sender < SENDERS; sender++) {
        String who = where + " sender " + sender + " " + reports.lines;
        if (next[sender] == 0) {
          continue;
        }
        long events = checkCounter(view, sender, who);
        assertThat(events).as(who).isGreaterThanOrEqualTo(next[sender]);
        assertThat(last(head, "total", sender).values[0]).as(who).isEqualTo((double) events);
        Histogram[] histograms = last(head, "seconds", sender).histograms;
        assertThat(histograms).as(who).isNotNull();
        assertThat(histograms[0].count()).as(who).isEqualTo((double) events);
        checkScratch(view, sender, events, who);
      }
    }
    // A write that the kill interrupted may have left a part; nothing else may be amiss.
    assertThat(reports.lines).as(where).allMatch(line -> line.contains("was not finished"));
  }

  /** How many events the counter has samples of, from the first on and without a gap. */
  private static long checkCounter(SeriesView view, int sender, String who) {
    SampleReader reader = find(view, "counter", sender).read(Long.MIN_VALUE, Long.MAX_VALUE);
    SampleBatch batch = new SampleBatch();
    long events = 0;
    while (reader.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        if (batch.timestamps[i] != CrashChild.timeOf(events) || batch.values[i] != events) {
          throw new AssertionError(who + ": event " + events + " is not where it belongs");
        }
        events++;
      }
    }
    return events;
  }

  /** What was to be deleted may be there until it was acknowledged; everything later is there. */
  private void checkScratch(SeriesView view, int sender, long events, String who) {
    List<Matcher> matchers = new ArrayList<>();
    CrashChild.labels("scratch", sender).forEach((n, v) -> matchers.add(Matcher.equal(n, v)));
    SampleBatch batch = new SampleBatch();
    long next = deletionBegun + 1;
    for (Series series : view.select(matchers, Long.MIN_VALUE, Long.MAX_VALUE)) {
      SampleReader reader = series.read(Long.MIN_VALUE, Long.MAX_VALUE);
      while (reader.next(batch)) {
        for (int i = 0; i < batch.size; i++) {
          long event = (long) batch.values[i];
          assertThat(event).as(who).isGreaterThan(deletionDone);
          if (event > deletionBegun) {
            assertThat(event).as(who).isEqualTo(next);
            next++;
          }
        }
      }
    }
    assertThat(next).as(who).isEqualTo(Math.max(events, deletionBegun + 1));
  }

  private static SampleBatch last(Head head, String metric, int sender) {
    HeadSeries series = (HeadSeries) find(head, metric, sender);
    SampleBatch batch = new SampleBatch();
    assertThat(series.read(series.newestMillis(), Long.MAX_VALUE).next(batch)).isTrue();
    assertThat(batch.size).isEqualTo(1);
    return batch;
  }

  private static Series find(SeriesSource source, String metric, int sender) {
    List<Matcher> matchers = new ArrayList<>();
    CrashChild.labels(metric, sender).forEach((n, v) -> matchers.add(Matcher.equal(n, v)));
    List<? extends Series> found = source.select(matchers, Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }
}
