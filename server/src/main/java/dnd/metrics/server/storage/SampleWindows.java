package dnd.metrics.server.storage;

import dnd.metrics.server.model.Aggregate;
import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.StaleMarker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All samples of one series in a block, and what is kept of them in each window. A series that has
 * native histograms is kept as it is, but for counts. For one thread.
 */
final class SampleWindows {
  private final Downsampling kind;
  private long[] times = new long[256];
  private double[] values = new double[256];
  private @Nullable Histogram[] histograms = new Histogram[0];
  private int size;

  private final SampleBatch out = new SampleBatch();

  SampleWindows(Downsampling kind) {
    this.kind = kind;
  }

  void add(SampleBatch batch) {
    int needed = size + batch.size;
    if (needed > times.length) {
      int capacity = Math.max(needed, 2 * times.length);
      times = Arrays.copyOf(times, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    Histogram[] more = batch.histograms;
    if (more != null && histograms.length < times.length) {
      histograms = Arrays.copyOf(histograms, times.length);
    } else if (histograms.length > 0 && histograms.length < times.length) {
      histograms = Arrays.copyOf(histograms, times.length);
    }
    for (int i = 0; i < batch.size; i++) {
      times[size] = batch.timestamps[i];
      if (more == null) {
        values[size++] = batch.values[i];
      } else {
        values[size] = more[i].isStaleMarker() ? StaleMarker.VALUE : 0;
        histograms[size++] = more[i];
      }
    }
  }

  /** What is written in their place. */
  SampleReader aggregates() {
    boolean anyHistogram = histograms.length > 0;
    switch (kind.aggregate()) {
      case COUNT, SUM, MIN, MAX -> {
        if (anyHistogram && kind.aggregate() != Aggregate.COUNT) {
          return asTheyAre();
        }
        aggregateWindows();
      }
      case EDGES, WEIGHTS -> {
        if (anyHistogram) {
          return kind.aggregate() == Aggregate.EDGES ? asTheyAre() : batch -> false;
        }
        keepEdges();
      }
    }
    boolean[] read = {false};
    return batch -> {
      batch.clear();
      if (read[0] || out.size == 0) {
        return false;
      }
      read[0] = true;
      batch.ensureCapacity(out.size);
      System.arraycopy(out.timestamps, 0, batch.timestamps, 0, out.size);
      System.arraycopy(out.values, 0, batch.values, 0, out.size);
      batch.size = out.size;
      return true;
    };
  }

  /** All samples, in runs of one kind. */
  private SampleReader asTheyAre() {
    int[] at = {0};
    return batch -> {
      batch.clear();
      int from = at[0];
      if (from == size) {
        return false;
      }
      boolean floats = histograms[from] == null;
      int to = from;
      while (to < size && (histograms[to] == null) == floats) {
        to++;
      }
      batch.ensureCapacity(to - from);
      System.arraycopy(times, from, batch.timestamps, 0, to - from);
      System.arraycopy(values, from, batch.values, 0, to - from);
      batch.histograms =
          floats ? null : Arrays.copyOfRange(histograms, from, to, Histogram[].class);
      batch.size = to - from;
      at[0] = to;
      return true;
    };
  }

  private long window(int i) {
    return Math.ceilDiv(times[i], kind.resolutionMillis());
  }

  /** Where the window ends that begins at {@code from}. */
  private int windowEnd(int from) {
    long window = window(from);
    int to = from + 1;
    while (to < size && window(to) == window) {
      to++;
    }
    return to;
  }

  private void write(long time, double value) {
    out.ensureCapacity(out.size + 1);
    out.timestamps[out.size] = time;
    out.values[out.size++] = value;
  }

  private void aggregateWindows() {
    out.clear();
    for (int from = 0; from < size; ) {
      int to = windowEnd(from);
      aggregate(from, to);
      from = to;
    }
  }

  private void aggregate(int from, int to) {
    int count = 0;
    double sum = 0;
    double lost = 0;
    double extreme = Double.NaN;
    long last = 0;
    for (int i = from; i < to; i++) {
      double v = values[i];
      if (StaleMarker.is(v)) {
        continue;
      }
      count++;
      last = times[i];
      double total = sum + v;
      lost += Math.abs(sum) >= Math.abs(v) ? (sum - total) + v : (v - total) + sum;
      sum = total;
      boolean better = kind.aggregate() == Aggregate.MAX ? v > extreme : v < extreme;
      extreme = Double.isNaN(extreme) || better ? v : extreme;
    }
    if (count == 0) {
      return;
    }
    write(
        last,
        switch (kind.aggregate()) {
          case COUNT -> count;
          case SUM -> Double.isFinite(sum) ? sum + lost : sum;
          case MIN, MAX -> extreme;
          case EDGES, WEIGHTS -> throw new IllegalStateException("no aggregate of a window");
        });
  }

  private void keepEdges() {
    out.clear();
    boolean[] kept = new boolean[size];
    int before = -1;
    for (int i = 0; i < size; i++) {
      if (StaleMarker.is(values[i])) {
        continue;
      }
      if (Double.isNaN(values[i])) {
        kept[i] = true; // neither less nor more: between two others it hides a fall
      } else if (before >= 0 && values[i] < values[before]) {
        kept[i] = true;
        kept[before] = true;
      }
      before = i;
    }
    boolean weights = kind.aggregate() == Aggregate.WEIGHTS;
    for (int from = 0; from < size; ) {
      int to = windowEnd(from);
      writeEdges(from, to, kept, weights);
      from = to;
    }
  }

  private void writeEdges(int from, int to, boolean[] kept, boolean weights) {
    int first = -1;
    int last = -1;
    int count = 0;
    for (int i = from; i < to; i++) {
      if (!StaleMarker.is(values[i])) {
        first = first < 0 ? i : first;
        last = i;
        count++;
      }
    }
    if (first >= 0) {
      kept[first] = true;
      kept[last] = true;
    }
    int others = 0;
    for (int i = from; i < to; i++) {
      boolean stale = StaleMarker.is(values[i]);
      if (stale ? i < to - 1 : !kept[i]) {
        continue; // a stale marker counts where nothing follows it
      }
      double weight = 1;
      if (stale) {
        weight = 0;
      } else if (i == last) {
        weight = count - others;
      } else {
        others++;
      }
      write(times[i], weights ? weight : values[i]);
    }
  }
}
