package dnd.metrics.server.head;

import dnd.metrics.server.head.OutOfOrderSamples.Run;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import org.jspecify.annotations.Nullable;

/** Merges what came out of order with what came in order, by time. For one thread. */
final class OutOfOrderMerge {
  private final Run[] runs;
  private final long toMillis;
  private int run;
  private int at;
  private int runSize;

  private final SampleBatch inOrder = new SampleBatch();
  private int inOrderAt;
  private boolean inOrderOver;

  /** Whether the last sample handed out came in order; of the first, neither. */
  private boolean lastWasInOrder;

  private boolean any;

  OutOfOrderMerge(Run[] runs, long fromMillis, long toMillis) {
    this.runs = runs;
    this.toMillis = toMillis;
    this.run = -1;
    nextRun();
    while (run < runs.length && runs[run].timestamps[at] < fromMillis) {
      advanceLate();
    }
  }

  boolean isEmpty() {
    return run == runs.length || runs[run].timestamps[at] > toMillis;
  }

  private void nextRun() {
    run++;
    at = 0;
    runSize = run < runs.length ? runs[run].size : 0;
  }

  private void advanceLate() {
    if (++at == runSize) {
      nextRun();
    }
  }

  boolean next(HeadReader reader, SampleBatch out) {
    out.clear();
    Histogram[] histograms = null;
    boolean isHistogram = false;
    while (out.size < 128) {
      if (inOrderAt == inOrder.size && !inOrderOver) {
        inOrderAt = 0;
        inOrderOver = !reader.nextInOrder(inOrder);
        if (inOrderOver) {
          inOrder.clear();
        }
      }
      boolean lateLeft = !isEmpty();
      if (inOrderOver && !lateLeft) {
        break;
      }
      boolean takeInOrder =
          !inOrderOver && (!lateLeft || inOrder.timestamps[inOrderAt] < runs[run].timestamps[at]);
      Histogram histogram = takeInOrder ? histogramInOrder() : histogramLate();
      if (out.size == 0) {
        isHistogram = histogram != null;
        histograms = isHistogram ? new Histogram[128] : null;
      } else if (isHistogram != (histogram != null)) {
        break;
      }
      if (histogram != null && histograms != null) {
        boolean neighbour = any && takeInOrder && lastWasInOrder;
        histograms[out.size] = neighbour ? histogram : withoutKnowledge(histogram);
      }
      if (takeInOrder) {
        out.timestamps[out.size] = inOrder.timestamps[inOrderAt];
        out.values[out.size++] = histogram == null ? inOrder.values[inOrderAt] : 0;
        inOrderAt++;
      } else {
        out.timestamps[out.size] = runs[run].timestamps[at];
        out.values[out.size++] = histogram == null ? runs[run].values[at] : 0;
        advanceLate();
      }
      lastWasInOrder = takeInOrder;
      any = true;
    }
    out.histograms = histograms;
    return out.size > 0;
  }

  private @Nullable Histogram histogramInOrder() {
    Histogram[] h = inOrder.histograms;
    return h == null ? null : h[inOrderAt];
  }

  private @Nullable Histogram histogramLate() {
    Histogram[] h = runs[run].histograms;
    return h == null ? null : h[at];
  }

  /** Behind another sample than the one it was compared with, a histogram's hint means nothing. */
  private static Histogram withoutKnowledge(Histogram histogram) {
    return switch (histogram.counterResetHint()) {
      case UNKNOWN, GAUGE -> histogram;
      case RESET, NOT_RESET ->
          histogram.toBuilder().counterResetHint(CounterResetHint.UNKNOWN).build();
    };
  }
}
