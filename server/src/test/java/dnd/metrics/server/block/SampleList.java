package dnd.metrics.server.block;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.StaleMarker;
import java.util.ArrayList;
import java.util.List;

/** The simple model of a series' samples: a list. */
public record SampleList(List<Sample> samples) {
  /** A float, or, where there is one, a histogram. */
  public record Sample(long millis, double value, Histogram histogram) {
    @Override
    public boolean equals(Object o) {
      return o instanceof Sample s
          && millis == s.millis
          && (histogram == null
              ? s.histogram == null
                  && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(s.value)
              : same(histogram, s.histogram));
    }

    /** A chunk keeps a layout; what counts nothing in it may come and go. */
    private static boolean same(Histogram a, Histogram b) {
      return b != null && (a.isStaleMarker() ? b.isStaleMarker() : a.compact().equals(b.compact()));
    }

    @Override
    public int hashCode() {
      return Long.hashCode(millis);
    }

    @Override
    public String toString() {
      String text = histogram == null ? String.valueOf(value) : histogram.toString();
      return text + (StaleMarker.is(value) ? " (stale)" : "") + "@" + millis;
    }
  }

  public SampleList between(long fromMillis, long toMillis) {
    return new SampleList(
        samples.stream().filter(s -> s.millis >= fromMillis && s.millis <= toMillis).toList());
  }

  public boolean isEmpty() {
    return samples.isEmpty();
  }

  /** Reads runs of floats and of histograms. */
  public SampleReader reader() {
    return new SampleReader() {
      private int at;

      @Override
      public boolean next(SampleBatch batch) {
        batch.clear();
        if (at == samples.size()) {
          return false;
        }
        boolean floats = samples.get(at).histogram == null;
        Histogram[] histograms = new Histogram[samples.size()];
        batch.ensureCapacity(samples.size());
        while (at < samples.size() && (samples.get(at).histogram == null) == floats) {
          Sample s = samples.get(at++);
          batch.timestamps[batch.size] = s.millis;
          batch.values[batch.size] = s.value;
          histograms[batch.size] = s.histogram;
          batch.size++;
        }
        batch.histograms = floats ? null : histograms;
        return true;
      }
    };
  }

  public static SampleList of(SampleReader reader) {
    List<Sample> samples = new ArrayList<>();
    SampleBatch batch = new SampleBatch();
    while (reader.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        samples.add(
            batch.histograms == null
                ? new Sample(batch.timestamps[i], batch.values[i], null)
                : new Sample(batch.timestamps[i], 0, batch.histograms[i]));
      }
    }
    return new SampleList(samples);
  }
}
