package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.Sender;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random shapes with random series against counting all of them at once. */
class EndedCountTest {
  private static final long NOW = 1_795_000_000_000L;
  private static final long SILENT_MILLIS = 600_000;
  private static final int ROUNDS = 50;

  @TempDir Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private int series;
  private int expected;

  @Test
  void countsWhatHasEndedInPortionsOfAnySize() throws Exception {
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      Sender sender = head.sender(new SenderId("shop", ""));
      for (int round = 0; round < ROUNDS; round++) {
        expected = 0;
        List<LearnedEvent> events = new ArrayList<>();
        for (int shapes = random.nextInt(6); shapes > 0; shapes--) {
          events.add(shape(sender));
        }
        EndedCount count = new EndedCount(events, SILENT_MILLIS, NOW);
        int looks = 0;
        while (!count.lookAt(1 + random.nextInt(100))) {
          looks++;
        }
        assertThat(looks).as("seed %d", seed).isLessThan(10_000);
        assertThat(count.ended()).as("seed %d", seed).isEqualTo(expected);
      }
      assertThat(series).isPositive();
    }
  }

  /** A shape with some metrics, whose newest sample is the shape's or older. */
  private LearnedEvent shape(Sender sender) throws IOException {
    boolean silent = random.nextInt(4) == 0;
    long newest = NOW - random.nextInt((int) SILENT_MILLIS);
    LearnedEvent event =
        new LearnedEvent(
            false,
            "shop",
            "",
            sender,
            new byte[0][],
            new LearnedEvent.Slot[0],
            LearnedMetric.beforeAll());
    event.seen(silent ? NOW - SILENT_MILLIS - 1 : NOW, newest);
    for (int metrics = random.nextInt(300); metrics > 0; metrics--) {
      // Refused, on the edge, behind it, or just now.
      long age = List.of(-1L, SILENT_MILLIS, SILENT_MILLIS + 1, 0L).get(random.nextInt(4));
      assertThat(event.metrics.add(metric(sender, age < 0 ? -1 : event.newestMillis - age)))
          .isTrue();
      expected += silent || age > SILENT_MILLIS ? 1 : 0;
    }
    return event;
  }

  private LearnedMetric metric(Sender sender, long newestMillis) throws IOException {
    MetricDescription description =
        new MetricDescription(
            "m", ValueKind.GAUGE, MetricDescription.NOT_CREATED, "gauge", null, null);
    Labels labels = Labels.of("__name__", "m", "n", "" + series++);
    LearnedMetric metric =
        new LearnedMetric(new byte[0], new byte[0], random.nextInt(), description, labels);
    if (newestMillis >= 0) {
      try (SenderBatch batch = sender.begin(EventKind.PUSH, null, NOW)) {
        HeadSeries made = batch.resolve(labels);
        assertThat(made).isNotNull();
        assertThat(batch.append(made, newestMillis, 1)).isEqualTo(AppendOutcome.ACCEPTED);
        metric.found(made);
      }
    }
    return metric;
  }
}
