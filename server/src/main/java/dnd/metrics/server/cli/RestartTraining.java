package dnd.metrics.server.cli;

import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.CommitCallback;
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
import java.util.List;

/**
 * Fills a head, writes a checkpoint, goes on filling it and opens it again, so that the AOT cache
 * knows which branches a start takes that has a checkpoint and a log behind it.
 */
final class RestartTraining {
  private static final int SERIES = 2_000;
  private static final int SERIES_PER_EVENT = 10;
  private static final int ROUNDS = 200;

  /** Where the checkpoint is written. */
  private static final int ROUNDS_BEFORE = 20;

  private static final long STEP_MILLIS = 10_000;

  private static final CommitCallback FORGOTTEN =
      new CommitCallback() {
        @Override
        public void committed() {}

        @Override
        public void failed(IOException reason) {}
      };

  private RestartTraining() {}

  static void run(Path folder, long nowMillis) throws IOException {
    long start = nowMillis - ROUNDS * STEP_MILLIS;
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      Sender sender = head.sender(new SenderId("training", "t-1"));
      for (int round = 0; round < ROUNDS; round++) {
        if (round == ROUNDS_BEFORE) {
          head.checkpoint();
        }
        for (int first = 0; first < SERIES; first += SERIES_PER_EVENT) {
          push(sender, first, start + round * STEP_MILLIS, round);
        }
      }
    }
    try (Head head = Head.open(folder, HeadOptions.DEFAULT, ReplayListener.SILENT)) {
      int found = head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE).size();
      if (found != SERIES) {
        throw new IOException(SERIES + " series were written, and " + found + " are back");
      }
    }
  }

  private static void push(Sender sender, int first, long millis, int round) throws IOException {
    try (SenderBatch batch =
        sender.begin(EventKind.PUSH, "training-" + round + "-" + first, millis)) {
      for (int i = first; i < first + SERIES_PER_EVENT; i++) {
        Labels labels =
            Labels.of("__name__", "training_" + i % SERIES_PER_EVENT, "hostname", "host_" + first);
        HeadSeries series = batch.resolve(labels);
        double value = i % 2 == 0 ? round : round + 0.25;
        if (series == null || batch.append(series, millis, value) != AppendOutcome.ACCEPTED) {
          throw new IOException("a sample of " + labels + " was not accepted");
        }
      }
      batch.commit(FORGOTTEN);
    }
  }
}
