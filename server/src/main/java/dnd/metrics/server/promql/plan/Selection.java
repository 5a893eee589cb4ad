package dnd.metrics.server.promql.plan;

import dnd.metrics.server.model.Downsampling;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a selector asks storage for.
 *
 * @param lookup which times it looks at
 * @param mode how the ends of a range are treated
 * @param onlyStatistics of native histograms only count and sum are needed ({@link
 *     SelectStatistics})
 * @param downsampling which aggregates will do in the place of raw samples ({@link Downsample});
 *     null where none will
 * @param fromMillis the oldest sample that can matter, inclusive; set by {@link ResolveTimes}
 * @param toMillis the newest sample that can matter, inclusive; set by {@link ResolveTimes}
 */
public record Selection(
    List<Matcher> matchers,
    Lookup lookup,
    RangeMode mode,
    boolean onlyStatistics,
    @Nullable Downsampling downsampling,
    long fromMillis,
    long toMillis) {
  public Selection {
    matchers = List.copyOf(matchers);
  }

  /** Of raw samples. */
  public Selection(
      List<Matcher> matchers,
      Lookup lookup,
      RangeMode mode,
      boolean onlyStatistics,
      long fromMillis,
      long toMillis) {
    this(matchers, lookup, mode, onlyStatistics, null, fromMillis, toMillis);
  }

  Selection downsampled(Downsampling enough) {
    return new Selection(matchers, lookup, mode, onlyStatistics, enough, fromMillis, toMillis);
  }

  Selection between(long newFromMillis, long newToMillis) {
    return new Selection(
        matchers, lookup, mode, onlyStatistics, downsampling, newFromMillis, newToMillis);
  }

  Selection withOnlyStatistics() {
    return new Selection(matchers, lookup, mode, true, downsampling, fromMillis, toMillis);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < matchers.size(); i++) {
      out.append(i > 0 ? ", " : "").append(matchers.get(i));
    }
    out.append('}').append(lookup);
    switch (mode) {
      case PLAIN -> {}
      case ANCHORED -> out.append(" anchored");
      case SMOOTHED -> out.append(" smoothed");
    }
    if (onlyStatistics) {
      out.append(" statistics");
    }
    if (downsampling != null) {
      out.append(" downsampled ")
          .append(downsampling.aggregate())
          .append(' ')
          .append(downsampling.resolutionMillis());
    }
    if (fromMillis != 0 || toMillis != 0) {
      out.append(" [").append(fromMillis).append(", ").append(toMillis).append(']');
    }
    return out.toString();
  }
}
