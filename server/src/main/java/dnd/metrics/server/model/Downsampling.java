package dnd.metrics.server.model;

import java.util.Collection;

/**
 * What a query makes do with in the place of raw samples: an aggregate of windows of at most that
 * length, which end at multiples of it. A window holds what comes after its beginning up to its
 * end, the end included, as the ranges of PromQL do.
 */
public record Downsampling(Aggregate aggregate, long resolutionMillis) {
  /** A length of windows as people write it, which is of whole minutes: {@code 5m}, {@code 1h}. */
  public static String text(long resolutionMillis) {
    long minutes = resolutionMillis / 60_000;
    return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
  }

  /** Such as {@code 5m-count}. */
  @Override
  public String toString() {
    return text(resolutionMillis) + "-" + aggregate;
  }

  /** A raw series as a downsampled one whose windows hold one sample each. */
  public Series of(Series raw) {
    return aggregate == Aggregate.COUNT ? new CountedSeries(raw) : raw;
  }

  private record CountedSeries(Series raw) implements Series {
    @Override
    public Labels labels() {
      return raw.labels();
    }

    @Override
    public int newLabelBytes() {
      return raw.newLabelBytes();
    }

    @Override
    public String label(String name) {
      return raw.label(name);
    }

    @Override
    public Labels keep(Collection<String> names) {
      return raw.keep(names);
    }

    @Override
    public Labels without(Collection<String> names) {
      return raw.without(names);
    }

    @Override
    public long selectedBytes() {
      return raw.selectedBytes();
    }

    @Override
    public SampleReader read(long fromMillis, long toMillis) {
      SampleReader reader = raw.read(fromMillis, toMillis);
      return batch -> {
        if (!reader.next(batch)) {
          return false;
        }
        Histogram[] histograms = batch.histograms;
        for (int i = 0; i < batch.size; i++) {
          boolean stale =
              histograms == null ? StaleMarker.is(batch.values[i]) : histograms[i].isStaleMarker();
          batch.values[i] = stale ? StaleMarker.VALUE : 1;
        }
        batch.histograms = null;
        return true;
      };
    }
  }
}
