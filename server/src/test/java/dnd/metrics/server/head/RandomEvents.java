package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events of all kinds, by chance, which can be applied to several heads. */
final class RandomEvents {
  private static final long STEP_MILLIS = 400;

  private final Random random;
  private final boolean onlyPushes;
  private final int kinds;
  private final int lateMillis;
  private long clock = 1_700_000_000_000L;
  private int number;

  RandomEvents(long seed) {
    this(seed, false, 6, 2_000_000);
  }

  /**
   * @param kinds how many kinds of values there are: with less than six no values that the service
   *     adds up
   * @param lateMillis how late samples may be; some of them too late
   */
  private RandomEvents(long seed, boolean onlyPushes, int kinds, int lateMillis) {
    this.random = new Random(seed);
    this.onlyPushes = onlyPushes;
    this.kinds = kinds;
    this.lateMillis = lateMillis;
  }

  /** Without reports and ends: no series is over unless a stale marker is pushed. */
  static RandomEvents pushes(long seed) {
    return new RandomEvents(seed, true, 6, 1_500_000);
  }

  /**
   * Without values that the service adds up and without reports: what becomes of those depends on
   * what is remembered.
   */
  static RandomEvents wholeValues(long seed) {
    return new RandomEvents(seed, false, 4, 1_500_000);
  }

  /** What is done within an event; each kind of value has series of its own. */
  private record Act(int kind, Labels labels, long time, double value) {
    AppendOutcome applyTo(SenderBatch batch) {
      HeadSeries series = batch.resolve(labels);
      assertThat(series).isNotNull();
      return switch (kind) {
        case 0, 1 -> batch.append(series, time, value);
        case 2 -> batch.addDelta(series, time, value);
        case 3 -> batch.observe(series, time, value);
        case 4 -> batch.append(series, time, histogram((int) value));
        case 5 -> batch.append(series, time, StaleMarker.VALUE);
        default -> throw new IllegalStateException();
      };
    }

    private static Histogram histogram(int count) {
      return Histogram.builder()
          .schema(count % 7 == 0 ? 2 : 1)
          .zeroThreshold(0.001)
          .count(count + 1)
          .zeroCount(count % 3 == 0 ? 0.5 : 1)
          .sum(1.5 * count)
          .positive(Buckets.contiguous(count % 5, count))
          .build();
    }
  }

  /** One event. */
  record Event(
      SenderId sender, EventKind kind, String id, long received, List<Act> acts, String help) {
    void applyTo(Head... heads) throws IOException {
      List<List<AppendOutcome>> outcomes = new ArrayList<>();
      for (Head head : heads) {
        CommitLatch done = new CommitLatch();
        List<AppendOutcome> some = new ArrayList<>();
        try (SenderBatch batch = head.sender(sender).begin(kind, id, received)) {
          acts.forEach(act -> some.add(act.applyTo(batch)));
          if (!help.isEmpty()) {
            batch.metadata("m", new MetricMetadata("gauge", help, ""));
          }
          batch.commit(done);
        }
        done.await();
        outcomes.add(some);
      }
      assertThat(outcomes).allMatch(outcomes.getFirst()::equals);
    }
  }

  Event next() {
    clock += random.nextLong(3 * STEP_MILLIS);
    if (random.nextInt(40) == 0) {
      clock += 3_600_000;
    }
    int sender = random.nextInt(3);
    EventKind kind =
        switch (onlyPushes ? 11 : random.nextInt(12)) {
          case 0, 1, 2 -> kinds == 6 ? EventKind.REPORT : EventKind.PUSH;
          case 3 -> EventKind.END;
          default -> EventKind.PUSH;
        };
    List<Act> acts = new ArrayList<>();
    for (int n = random.nextInt(10); n > 0; n--) {
      int type = random.nextInt(kinds);
      type += kinds < 6 && type >= 2 ? 2 : 0;
      Labels labels =
          Labels.of("__name__", "m" + type % 5 + "_" + random.nextInt(3), "sender", "s" + sender);
      long time = clock - (random.nextInt(4) == 0 ? random.nextInt(lateMillis) : 0);
      acts.add(new Act(type, labels, time, 1 + random.nextInt(9)));
    }
    String help = random.nextInt(20) == 0 ? "help " + number : "";
    return new Event(new SenderId("s" + sender, ""), kind, "event " + number++, clock, acts, help);
  }

  /** Both know the same of all events that there were. */
  void sameIds(Head head, Head other) throws IOException {
    for (int i = 0; i < number; i++) {
      for (int sender = 0; sender < 3; sender++) {
        SenderId id = new SenderId("s" + sender, "");
        try (SenderBatch batch = head.sender(id).begin(EventKind.PUSH, "event " + i, clock);
            SenderBatch same = other.sender(id).begin(EventKind.PUSH, "event " + i, clock)) {
          assertThat(batch.isDuplicate()).isEqualTo(same.isDuplicate());
        }
      }
    }
  }
}
