package dnd.metrics.bench;

import dnd.metrics.server.head.AppendOutcome;
import dnd.metrics.server.head.CommitCallback;
import dnd.metrics.server.head.EventKind;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.HeadSeries;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.head.SenderBatch;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The data of Prometheus's range-query benchmark in a head of ours: a day and 10 000 intervals of
 * 10 s for {@code a_X}, {@code b_X} and the classic histogram {@code h_X} with 1, 10 and 100
 * labels, and {@code sparse}, whose series live for a fiftieth of that each.
 */
final class RangeQueryData {
  static final long INTERVAL_MILLIS = 10_000;
  static final int INTERVALS = 8_640 + 10_000;
  static final long END_MILLIS = INTERVALS * INTERVAL_MILLIS;

  private static final int SPARSE_POINTS = INTERVALS / 50;

  private RangeQueryData() {}

  /** Fills a new folder. */
  static Head fill(Path folder) throws IOException, InterruptedException {
    HeadOptions options = HeadOptions.DEFAULT.withSeriesLimitPerService(Integer.MAX_VALUE);
    Head head = Head.open(folder, options, ReplayListener.SILENT);
    List<Labels> labels = labels();
    int count = labels.size();
    HeadSeries[] series = new HeadSeries[count];
    for (int s = 0; s < INTERVALS; s++) {
      long millis = s * INTERVAL_MILLIS;
      Committed committed = new Committed();
      try (SenderBatch batch =
          head.sender(new SenderId("range-queries", "")).begin(EventKind.PUSH, null, millis)) {
        for (int i = 0; i < count; i++) {
          if (s == 0) {
            series[i] = resolve(batch, labels.get(i));
          }
          append(batch, series[i], millis, s + (double) i / count);
        }
        Labels sparse = Labels.of("__name__", "sparse", "l", String.valueOf(s / SPARSE_POINTS));
        append(batch, resolve(batch, sparse), millis, (double) s / count);
        batch.commit(committed);
      }
      if (s % 100 == 0 || s == INTERVALS - 1) {
        committed.await();
      }
    }
    return head;
  }

  private static HeadSeries resolve(SenderBatch batch, Labels labels) {
    HeadSeries series = batch.resolve(labels);
    if (series == null) {
      throw new IllegalStateException(labels + " refused: " + batch.rejection());
    }
    return series;
  }

  private static void append(SenderBatch batch, HeadSeries series, long millis, double value) {
    AppendOutcome outcome = batch.append(series, millis, value);
    if (outcome != AppendOutcome.ACCEPTED) {
      throw new IllegalStateException(series.labels() + " at " + millis + ": " + outcome);
    }
  }

  private static List<Labels> labels() {
    List<Labels> labels = new ArrayList<>();
    labels.add(Labels.of("__name__", "a_one"));
    labels.add(Labels.of("__name__", "b_one"));
    for (int le = 0; le <= 10; le++) {
      labels.add(Labels.of("__name__", "h_one", "le", bound(le)));
    }
    addLabelled(labels, "ten", 10);
    addLabelled(labels, "hundred", 100);
    return labels;
  }

  private static void addLabelled(List<Labels> labels, String suffix, int count) {
    for (int l = 0; l < count; l++) {
      labels.add(Labels.of("__name__", "a_" + suffix, "l", String.valueOf(l)));
      labels.add(Labels.of("__name__", "b_" + suffix, "l", String.valueOf(l)));
      for (int le = 0; le <= 10; le++) {
        labels.add(Labels.of("__name__", "h_" + suffix, "l", String.valueOf(l), "le", bound(le)));
      }
    }
  }

  private static String bound(int le) {
    return le == 10 ? "+Inf" : String.valueOf(le);
  }

  private static final class Committed implements CommitCallback {
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    @Override
    public void committed() {
      done.countDown();
    }

    @Override
    public void failed(IOException reason) {
      failure.set(reason);
      done.countDown();
    }

    void await() throws IOException, InterruptedException {
      done.await();
      IOException reason = failure.get();
      if (reason != null) {
        throw reason;
      }
    }
  }
}
