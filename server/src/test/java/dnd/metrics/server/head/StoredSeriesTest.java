package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a head does with the series of its checkpoint before and after it makes them. */
class StoredSeriesTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int SERIES = 20;

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();

  private Head open() throws IOException {
    return open("data");
  }

  private Head open(String name) throws IOException {
    return Head.open(
        folder.resolve(name),
        path -> disk,
        HeadOptions.DEFAULT,
        LogOptions.DEFAULT,
        ReplayListener.SILENT);
  }

  private static Labels labels(int i) {
    return Labels.of("__name__", "m" + i % 4, "host", "h" + i / 4, "region", "eu");
  }

  private static void push(Head head, int from, int to, long millis, double value)
      throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, millis)) {
      for (int i = from; i < to; i++) {
        batch.append(batch.resolve(labels(i)), millis, value);
      }
      batch.commit(done);
    }
    done.await();
  }

  private static void pushTwice(Head head, int to, long millis) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, millis)) {
      for (int i = 0; i < to; i++) {
        HeadSeries series = batch.resolve(labels(i));
        batch.append(series, millis, 0.2);
        batch.append(series, millis + 1_000, 0.7);
      }
      batch.commit(done);
    }
    done.await();
  }

  private static int made(Head head) {
    int made = 0;
    for (int ref = 0; ref < SERIES; ref++) {
      made += head.directory().made(ref) == null ? 0 : 1;
    }
    return made;
  }

  /** Twenty series in a checkpoint, half of which the log behind it has two samples of. */
  private Map<Labels, List<String>> filled() throws IOException {
    try (Head head = open()) {
      push(head, 0, SERIES, NOW, 1);
      head.checkpoint();
      push(head, 0, SERIES / 2, NOW + 60_000, 2);
      push(head, 0, SERIES / 2, NOW + 120_000, 3);
      return Samples.of(head);
    } finally {
      disk = disk.kill();
    }
  }

  @Test
  void aSeriesIsMadeWhenItIsAskedFor() throws IOException {
    Map<Labels, List<String>> before = filled();
    try (Head head = open()) {
      assertThat(made(head)).isZero();
      assertThat(head.status().series()).isEqualTo(SERIES);
      assertThat(head.senders().getFirst().series()).isEqualTo(SERIES);
      assertThat(head.labelValues("host", List.of(), NOW + 60_000, NOW + 120_000))
          .containsExactly("h0", "h1", "h2");
      assertThat(made(head)).isEqualTo(SERIES / 2);
      assertThat(Samples.of(head)).isEqualTo(before);
      assertThat(made(head)).isEqualTo(SERIES);
    }
  }

  @Test
  void labelsAreLookedAtWithoutMakingSeries() throws IOException {
    filled();
    try (Head head = open()) {
      List<Matcher> twoHosts =
          List.of(new Matcher(Matcher.Type.REGEX, "host", ".*[34]"), Matcher.equal("region", "eu"));
      assertThat(head.select(twoHosts, NOW + 1, NOW + 2)).isEmpty();
      assertThat(made(head)).isZero();
      assertThat(head.select(twoHosts, NOW, NOW)).hasSize(8);
      assertThat(made(head)).isEqualTo(8);
    }
  }

  @Test
  void samplesThatWaitForTheirSeriesGoIntoThem() throws IOException {
    Map<Labels, List<String>> before = filled();
    try (Head head = open()) {
      assertThat(head.makePending(3)).isTrue();
      assertThat(head.makePending(SERIES)).isFalse();
      assertThat(made(head)).isEqualTo(SERIES / 2);
      push(head, 0, SERIES, NOW + 180_000, 4);
      Map<Labels, List<String>> after = Samples.of(head);
      before.forEach((labels, samples) ->
          assertThat(after.get(labels)).hasSize(samples.size() + 1).containsAll(samples));
    }
  }

  @Test
  void floatsOfOneRecordThatDoNotComeInOrderAreThereOnce() throws IOException {
    try (Head head = open()) {
      push(head, 0, SERIES, NOW, 1);
      head.checkpoint();
      CommitLatch done = new CommitLatch();
      try (SenderBatch batch =
          head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, NOW + 90_000)) {
        for (long seconds : List.of(20, 40, 30, 60)) { // the third makes its series in a start
          for (int i = 0; i < 3; i++) {
            long millis = NOW + 1_000 * seconds;
            assertThat(batch.append(batch.resolve(labels(i)), millis, (double) (seconds + i)))
                .isEqualTo(AppendOutcome.ACCEPTED);
          }
        }
        batch.commit(done);
      }
      done.await();
      push(head, 1, 3, NOW + 50_000, 7); // out of order, too, in a record of its own
      push(head, 0, SERIES, NOW + 120_000, 8);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(made(head)).isEqualTo(3);
      assertThat(head.select(List.of(), NOW, NOW + 120_000)).hasSize(SERIES);
      assertThat(Samples.of(head).get(labels(0))).hasSize(6);
      assertThat(Samples.of(head).get(labels(2))).hasSize(7);
      assertThat(Samples.of(head).get(labels(SERIES - 1))).hasSize(2);
    }
  }

  @Test
  void longRecordsThatWaitAreReadByAllTheirSeries() throws IOException {
    int many = 70_000;
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      push(head, 0, many, NOW, 0.1);
      head.checkpoint();
      long bytes = head.status().logBytes();
      pushTwice(head, many, NOW + 60_000);
      push(head, many / 2, many, NOW + 120_000, 0.3);
      assertThat(head.status().logBytes() - bytes)
          .as("what was pushed twice is longer than a page")
          .isGreaterThan((1 << 20) + 10L * many / 2);
      before = Samples.of(head);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(head.directory().made(many - 1)).isNull();
      assertThat(head.series(many - 1).newestMillis()).isEqualTo(NOW + 120_000);
      assertThat(head.makePending(many)).isFalse();
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void recordsOfAnyLengthWaitAndAreRead() throws IOException {
    int longest = 200; // of two bytes a float: runs end within, at and behind the end of a record
    Map<Labels, List<String>> before;
    try (Head head = open()) {
      push(head, 0, longest, NOW, 1);
      head.checkpoint();
      for (int length = 1; length <= longest; length++) {
        push(head, longest - length, longest, NOW + 60_000L * length, 2);
      }
      before = Samples.of(head);
    }
    disk = disk.kill();
    try (Head head = open()) {
      for (int ref = 0; ref < longest; ref++) {
        assertThat(head.directory().made(ref)).isNull();
        assertThat(Samples.of(head.series(ref))).hasSize(2 + ref);
      }
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void recordsOfManyKindsInAnyOrderAreReadByAllTheirSeries() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      disk = new MemoryLogFiles();
      Random random = new Random(seed);
      Map<Labels, List<String>> before;
      try (Head head = open("data" + seed)) {
        push(head, 0, 100, NOW, 1);
        head.checkpoint();
        for (int event = 1; event <= 30; event++) {
          pushAny(head, random, NOW + 60_000L * event);
        }
        before = Samples.of(head);
      }
      disk = disk.kill();
      try (Head head = open("data" + seed)) {
        assertThat(made(head)).as("seed %d", seed).isLessThan(SERIES);
        head.makePending(random.nextInt(100));
        assertThat(Samples.of(head)).as("seed %d", seed).isEqualTo(before);
      }
    }
  }

  /** Floats of series in a row or of any, some of which are late, and additions to totals. */
  private static void pushAny(Head head, Random random, long millis) throws IOException {
    CommitLatch done = new CommitLatch();
    try (SenderBatch batch =
        head.sender(new SenderId("dice", "")).begin(EventKind.PUSH, null, millis)) {
      int at = 0;
      for (int n = 1 + random.nextInt(80); n > 0; n--) {
        at = random.nextInt(4) > 0 ? (at + 1) % 100 : random.nextInt(100);
        long time = millis - n * 10L - (random.nextInt(400) == 0 ? 90_000 : 0);
        double value = random.nextBoolean() ? n : random.nextDouble();
        HeadSeries series = batch.resolve(labels(at));
        if (at % 25 == 0) {
          batch.addDelta(series, time, value);
        } else {
          batch.append(series, time, value);
        }
      }
      batch.commit(done);
    }
    done.await();
  }

  @Test
  void theNextCheckpointCopiesWhatWasNotMade() throws IOException {
    Map<Labels, List<String>> before = filled();
    try (Head head = open()) {
      head.checkpoint();
      assertThat(made(head)).isEqualTo(SERIES / 2); // those that the log had samples of
      head.checkpoint();
      assertThat(disk.list()).doesNotContain("00000001.checkpoint");
      assertThat(Samples.of(head)).as("read in a file that is gone").isEqualTo(before);
    }
    disk = disk.kill();
    try (Head head = open()) {
      assertThat(Samples.of(head)).isEqualTo(before);
    }
  }

  @Test
  void whatTurnedOverMeanwhileIsNotCopied() throws IOException {
    filled();
    try (Head head = open()) {
      byte[] file = disk.mapped("00000001.checkpoint");
      file[file.length / 2] ^= 1;
      assertThatThrownBy(head::checkpoint)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has been damaged since: series of SenderId[service=dice");
      file[file.length / 2] ^= 1;
      head.checkpoint();
    }
  }

  @Test
  void seriesOfOneThingShareTheirLabels() throws IOException {
    filled();
    try (Head head = open()) {
      HeadSeries first = head.series(4);
      HeadSeries second = head.series(5);
      assertThat(second.hasOtherLabels(first.labelPairs())).isTrue();
      assertThat(head.directory().neighbor(6, first.labelPairs())).isIn(first, second);
      assertThat(head.series(6).labels()).isEqualTo(labels(6));
      assertThat(first.hasLabels(labels(4))).isTrue();
      assertThat(first.hasLabels(labels(5))).isFalse();
    }
  }
}
