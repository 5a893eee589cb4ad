package dnd.metrics.server.head;

import dnd.metrics.server.chunk.Chunk;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a series in the head while it is written. What it hands out is what was there when it was
 * made, and maybe some of what came since. For one thread.
 */
final class HeadReader implements SampleReader {
  private final HeadSeries series;
  private final long fromMillis;
  private final long toMillis;
  private final FinishedChunks finished;
  private byte[] room = FinishedChunks.NO_ROOM;
  private int nextFinished;
  private @Nullable Chunk open;
  private @Nullable OpenSample newest;
  private @Nullable OutOfOrderMerge merge;
  private long lastMillis = Long.MIN_VALUE;

  HeadReader(HeadSeries series, long fromMillis, long toMillis) {
    this.series = series;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
    // The order of these reads is the reverse of the writer's: see HeadSeries.
    OpenSample sample;
    Chunk last;
    FinishedChunks wanted;
    do { // again where what was there was cut or deleted before it was at hand
      RunningValue running = series.running();
      sample = running == null ? null : running.newest();
      last = series.open;
      wanted = series.finishedAtHand(fromMillis, toMillis);
    } while (wanted == null);
    this.newest = sample;
    this.open = last;
    this.finished = wanted;
    this.nextFinished = finished.firstFrom(fromMillis);
    OutOfOrderSamples late = series.outOfOrder();
    if (late != null) {
      OutOfOrderMerge m = new OutOfOrderMerge(late.runs, fromMillis, toMillis);
      this.merge = m.isEmpty() ? null : m;
    }
  }

  /** Whether the series was parked and lacks what it had, or a part of it. */
  @SuppressWarnings("ReferenceEquality") // it stands for that
  boolean isOfParked() {
    return finished == FinishedChunks.PARKED;
  }

  @Override
  public boolean next(SampleBatch batch) {
    OutOfOrderMerge m = merge;
    return m == null ? nextInOrder(batch) : m.next(this, batch);
  }

  /** The next run of what came in order. */
  boolean nextInOrder(SampleBatch batch) {
    while (nextFinished < finished.size()) {
      int i = nextFinished++;
      if (finished.firstMillis(i) > toMillis) {
        nextFinished = finished.size();
        open = null;
        newest = null;
        break;
      }
      room = series.decode(finished, i, batch, room);
      if (trim(batch)) {
        return true;
      }
    }
    Chunk last = open;
    if (last != null) {
      open = null;
      last.decode(batch);
      boolean finishedMeanwhile =
          !finished.isEmpty() && batch.size > 0 && batch.timestamps[0] <= finished.lastMillis();
      if (!finishedMeanwhile && trim(batch)) {
        return true;
      }
    }
    OpenSample sample = newest;
    newest = null;
    batch.clear();
    if (sample != null
        && sample.timeMillis() > lastMillis
        && sample.timeMillis() >= fromMillis
        && sample.timeMillis() <= toMillis) {
      batch.size = 1;
      batch.timestamps[0] = sample.timeMillis();
      if (sample.histogram() == null) {
        batch.values[0] = sample.value();
      } else {
        batch.histograms = new dnd.metrics.server.model.Histogram[] {sample.histogram()};
      }
      return true;
    }
    return false;
  }

  /** Leaves in the batch what is between the two times; false where that is nothing. */
  private boolean trim(SampleBatch batch) {
    int size = batch.size;
    if (size == 0) {
      return false;
    }
    long[] t = batch.timestamps;
    lastMillis = t[size - 1];
    int from = 0;
    if (t[0] < fromMillis) {
      int at = Arrays.binarySearch(t, 0, size, fromMillis);
      from = at < 0 ? -at - 1 : at;
    }
    int to = size;
    if (t[size - 1] > toMillis) {
      int at = Arrays.binarySearch(t, 0, size, toMillis);
      to = at < 0 ? -at - 1 : at + 1;
    }
    if (to <= from) {
      return false;
    }
    if (from > 0) {
      System.arraycopy(t, from, t, 0, to - from);
      if (batch.histograms == null) {
        System.arraycopy(batch.values, from, batch.values, 0, to - from);
      } else {
        System.arraycopy(batch.histograms, from, batch.histograms, 0, to - from);
      }
    }
    batch.size = to - from;
    return true;
  }
}
