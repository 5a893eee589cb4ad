package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads series as lists that tests can compare. */
final class Samples {
  private Samples() {}

  /** All samples of a series, each as {@code time=value}. */
  static List<String> of(Series series) {
    return of(series, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** The same of all series of a head. */
  static Map<Labels, List<String>> of(Head head) {
    Map<Labels, List<String>> found = new TreeMap<>();
    for (HeadSeries series : head.select(List.of(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      found.put(series.labels(), of(series));
    }
    return found;
  }

  static List<String> of(Series series, long fromMillis, long toMillis) {
    List<String> out = new ArrayList<>();
    SampleReader reader = series.read(fromMillis, toMillis);
    SampleBatch batch = new SampleBatch();
    long last = Long.MIN_VALUE;
    while (reader.next(batch)) {
      if (batch.size == 0) {
        throw new AssertionError("an empty batch");
      }
      Histogram[] histograms = batch.histograms;
      for (int i = 0; i < batch.size; i++) {
        if (batch.timestamps[i] <= last) {
          throw new AssertionError("time does not ascend: " + last + ", " + batch.timestamps[i]);
        }
        last = batch.timestamps[i];
        out.add(last + "=" + (histograms == null ? text(batch.values[i]) : text(histograms[i])));
      }
    }
    if (batch.size != 0) {
      throw new AssertionError("samples behind the end");
    }
    return out;
  }

  static String text(double value) {
    return Double.isNaN(value)
        ? "NaN:" + Long.toHexString(Double.doubleToRawLongBits(value))
        : Double.toString(value);
  }

  static String text(Histogram h) {
    return h.isStaleMarker() ? "stale" : "h" + (long) h.count() + "/" + h.sum();
  }
}
