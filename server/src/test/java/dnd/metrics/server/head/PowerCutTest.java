package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.wal.LogOptions;
import dnd.metrics.server.wal.MemoryLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Increments, and power cuts that keep any sectors of what was not forced, also of a write that
 * failed and was done again in the next file: once all that was not acknowledged was sent again,
 * under the same ids, every increment counts once. {@code -Dfault.seeds=10000} for a campaign,
 * {@code -Dfault.seed} for its first seed.
 */
class PowerCutTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final LogOptions LOG =
      LogOptions.DEFAULT.withRetryInterval(Duration.ofMillis(3)).withSegmentBytes(1 << 18);

  @TempDir Path folder;
  private MemoryLogFiles disk = new MemoryLogFiles();
  private long clock = NOW;

  /** What all increments ever sent add up to. */
  private final Map<Labels, Integer> totals = new TreeMap<>();

  private record Event(String id, String instance, Map<Labels, Integer> increments) {
    SenderId sender() {
      return new SenderId("dice", instance);
    }
  }

  @BeforeAll
  static void pollOften() {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(2));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
  }

  private Head open() throws IOException {
    return Head.open(
        folder.resolve("data"), path -> disk, HeadOptions.DEFAULT, LOG, ReplayListener.SILENT);
  }

  @Test
  void whatIsSentAgainCountsOnce() throws IOException {
    int first = Integer.getInteger("fault.seed", 0);
    int seeds = Integer.getInteger("fault.seeds", 60);
    for (int seed = first; seed < first + seeds; seed++) {
      disk = new MemoryLogFiles();
      totals.clear();
      Random random = new Random(seed);
      List<Event> unanswered = new ArrayList<>();
      for (int life = 0; life < 4; life++) {
        Head head = open();
        try {
          sendAgain(head, unanswered);
          unanswered.clear();
          check(head, "seed %d life %d".formatted(seed, life));
          List<Event> events = events(random, life);
          pushTogether(head, events);
          if (random.nextInt(3) == 0) {
            disk.failForces(1 + random.nextInt(3), new Random(random.nextLong()));
            disk.allowForces(Integer.MAX_VALUE);
            sendAgain(head, events);
          } else {
            unanswered.addAll(events);
          }
          disk = disk.cutPower(random);
        } finally {
          MemoryLogFiles.closeDead(head);
        }
      }
      try (Head head = open()) {
        sendAgain(head, unanswered);
        check(head, "seed %d at the end".formatted(seed));
      }
    }
  }

  private static List<Event> events(Random random, int life) {
    List<Event> events = new ArrayList<>();
    for (int i = 4 + random.nextInt(20); i > 0; i--) {
      String instance = "d-" + random.nextInt(3);
      Map<Labels, Integer> increments = new TreeMap<>();
      for (int n = 1 + random.nextInt(12); n > 0; n--) {
        Labels labels =
            Labels.of(
                "__name__", "rolls_total", "instance", instance, "die", "d" + random.nextInt(30));
        increments.put(labels, 1 + random.nextInt(9));
      }
      events.add(new Event(life + "/" + i, instance, increments));
    }
    return events;
  }

  /** All but two events get into one write, which waits for its force when this returns. */
  private void pushTogether(Head head, List<Event> events) throws IOException {
    for (Event event : events) {
      event.increments.forEach(
          (labels, increment) -> totals.merge(labels, increment, Integer::sum));
    }
    sendAgain(head, events.subList(0, 1)); // it begins the file
    disk.allowForces(0);
    CommitLatch second = new CommitLatch();
    push(head, events.get(1), second);
    await().until(disk::isForceHeld);
    for (Event event : events.subList(2, events.size())) {
      push(head, event, new CommitLatch());
    }
    disk.allowForces(1);
    second.await();
    await().until(disk::isForceHeld);
  }

  /** Until each is acknowledged. */
  private void sendAgain(Head head, List<Event> events) {
    for (Event event : events) {
      await().until(() -> isAcknowledged(head, event));
    }
  }

  private boolean isAcknowledged(Head head, Event event) {
    try {
      CommitLatch done = new CommitLatch();
      push(head, event, done);
      done.await();
      return true;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("Input/output error");
      return false;
    }
  }

  private void check(Head head, String when) {
    Map<Labels, Double> found = new TreeMap<>();
    Map<Labels, Double> expected = new TreeMap<>();
    totals.forEach((labels, total) -> {
      expected.put(labels, (double) total);
      HeadSeries series = head.find(labels);
      if (series != null) {
        String newest = Samples.of(series).getLast();
        found.put(labels, Double.valueOf(newest.substring(newest.indexOf('=') + 1)));
      }
    });
    assertThat(found).as(when).isEqualTo(expected);
  }

  private void push(Head head, Event event, CommitLatch done) throws IOException {
    clock += 1_000;
    long now = clock;
    try (SenderBatch batch = head.sender(event.sender()).begin(EventKind.PUSH, event.id, now)) {
      if (!batch.isDuplicate()) {
        event.increments.forEach((labels, increment) ->
            assertThat(batch.addDelta(batch.resolve(labels), now, increment))
                .isEqualTo(AppendOutcome.ACCEPTED));
      }
      batch.commit(done);
    }
  }
}
