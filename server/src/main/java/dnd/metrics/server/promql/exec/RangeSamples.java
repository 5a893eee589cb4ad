package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labeled;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All samples of one series that range functions may look at, floats and native histograms apart,
 * each in order of time and without stale markers. Reused from series to series. Fields are open
 * for the loops of the range functions. For one thread.
 */
final class RangeSamples {
  /** What each sample takes, its histogram left out. */
  static final long SAMPLE_BYTES = 16;

  private static final Histogram[] NO_HISTOGRAMS = {};

  private Labeled labeled = Labels.empty();

  /** Whether the series' name is already to be dropped. */
  boolean dropName;

  int floats;
  long[] floatTimes = new long[256];
  double[] floatValues = new double[256];

  /** When each float's counting began (0: unknown), or null where nothing is known of any. */
  long @Nullable [] floatStarts;

  /** How many raw samples each float stands for; null where it is one each. */
  double @Nullable [] floatWeights;

  int histograms;
  long[] histogramTimes = {};
  Histogram[] histogramValues = NO_HISTOGRAMS;

  /** As {@link #floatStarts}. */
  long @Nullable [] histogramStarts;

  /** The first place of times, which ascend, that is not before {@code time}; else the end. */
  static int firstFrom(long[] times, int from, int end, long time) {
    int low = from;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void reset(Labeled series, boolean newDropName) {
    labeled = series;
    dropName = newDropName;
    floats = 0;
    floatStarts = null;
    floatWeights = null;
    histograms = 0;
    histogramStarts = null;
    if (histogramValues.length > 0) {
      Arrays.fill(histogramValues, null);
    }
  }

  Labeled labeled() {
    return labeled;
  }

  Labels labels() {
    return labeled.labels();
  }

  String metricName() {
    return labeled.label(Labels.METRIC_NAME);
  }

  int size() {
    return floats + histograms;
  }

  void append(SampleBatch batch) {
    if (batch.histograms == null) {
      appendFloats(batch);
    } else {
      for (int i = 0; i < batch.size; i++) {
        Histogram histogram = batch.histograms[i];
        if (!histogram.isStaleMarker()) {
          long start = batch.startTimestamps == null ? 0 : batch.startTimestamps[i];
          addHistogram(batch.timestamps[i], histogram, start);
        }
      }
    }
  }

  private void appendFloats(SampleBatch batch) {
    if (batch.startTimestamps != null) {
      for (int i = 0; i < batch.size; i++) {
        if (!Absent.is(batch.values[i])) {
          addFloat(batch.timestamps[i], batch.values[i], batch.startTimestamps[i]);
        }
      }
      return;
    }
    ensureFloats(floats + batch.size);
    if (batch.weights != null) {
      appendWeighted(batch, batch.weights);
      return;
    }
    if (floatWeights != null) {
      Arrays.fill(floatWeights, floats, floats + batch.size, 1);
    }
    long[] times = floatTimes;
    double[] values = floatValues;
    int n = floats;
    for (int i = 0; i < batch.size; i++) {
      double v = batch.values[i];
      if (Double.isNaN(v) && Absent.is(v)) {
        continue;
      }
      times[n] = batch.timestamps[i];
      values[n] = v;
      n++;
    }
    if (floatStarts != null) {
      Arrays.fill(floatStarts, floats, n, 0);
    }
    floats = n;
  }

  private void appendWeighted(SampleBatch batch, double[] weights) {
    double[] own = floatWeights;
    if (own == null) {
      own = new double[floatTimes.length];
      Arrays.fill(own, 0, floats, 1);
      floatWeights = own;
    }
    for (int i = 0; i < batch.size; i++) {
      if (!Absent.is(batch.values[i])) {
        floatTimes[floats] = batch.timestamps[i];
        floatValues[floats] = batch.values[i];
        own[floats++] = weights[i];
      }
    }
  }

  /** How many raw floats there are from one on until before another. */
  int rawFloats(int from, int to) {
    double[] weights = floatWeights;
    if (weights == null) {
      return to - from;
    }
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += weights[k];
    }
    return (int) sum;
  }

  void addFloat(long time, double value, long start) {
    ensureFloats(floats + 1);
    if (start != 0 && floatStarts == null) {
      floatStarts = new long[floatTimes.length];
    }
    if (floatStarts != null) {
      floatStarts[floats] = start;
    }
    floatTimes[floats] = time;
    floatValues[floats++] = value;
  }

  void addHistogram(long time, Histogram histogram, long start) {
    if (histograms == histogramTimes.length) {
      int capacity = Math.max(64, 2 * histograms);
      histogramTimes = Arrays.copyOf(histogramTimes, capacity);
      histogramValues = Arrays.copyOf(histogramValues, capacity);
      if (histogramStarts != null) {
        histogramStarts = Arrays.copyOf(histogramStarts, capacity);
      }
    }
    if (start != 0 && histogramStarts == null) {
      histogramStarts = new long[histogramTimes.length];
    }
    if (histogramStarts != null) {
      histogramStarts[histograms] = start;
    }
    histogramTimes[histograms] = time;
    histogramValues[histograms++] = histogram;
  }

  private void ensureFloats(int capacity) {
    if (floatTimes.length < capacity) {
      int n = Math.max(capacity, 2 * floatTimes.length);
      floatTimes = Arrays.copyOf(floatTimes, n);
      floatValues = Arrays.copyOf(floatValues, n);
      if (floatStarts != null) {
        floatStarts = Arrays.copyOf(floatStarts, n);
      }
      if (floatWeights != null) {
        floatWeights = Arrays.copyOf(floatWeights, n);
      }
    }
  }
}
