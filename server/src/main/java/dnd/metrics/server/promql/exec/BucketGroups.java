package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.PositionRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The histograms of an instant vector: classic ones, whose buckets are series that differ in the
 * label {@code le} alone, and native ones. Where both are there at a step under the same labels
 * neither counts.
 */
final class BucketGroups {
  static final String BOUND_LABEL = "le";

  /** A classic histogram with its list, and its place in the map. */
  private static final int CLASSIC_BYTES = 128;

  /** A series of one bucket. */
  private record Bucket(double bound, StepSeries series) {}

  /** The buckets of one classic histogram, by bound. */
  static final class Classic {
    final Labels labels;
    private final List<Bucket> buckets = new ArrayList<>();

    Classic(Labels labels) {
      this.labels = labels;
    }

    /** Whether any bucket has a sample at a step. */
    boolean hasAny(int step) {
      for (Bucket bucket : buckets) {
        if (bucket.series().hasFloat(step)) {
          return true;
        }
      }
      return false;
    }

    ClassicBuckets newBuckets() {
      return new ClassicBuckets(buckets.size());
    }

    /** Fills in the buckets that have a sample at a step; returns whether there is any. */
    boolean fill(int step, ClassicBuckets into) {
      int n = 0;
      for (Bucket bucket : buckets) {
        double count = bucket.series().values[step];
        if (!Absent.is(count)) {
          into.bounds[n] = bucket.bound();
          into.counts[n++] = count;
        }
      }
      into.size = n;
      return n > 0;
    }
  }

  private final QueryContext context;
  private final int steps;
  private final Map<Labels, Classic> classic = new LinkedHashMap<>();
  private final List<StepSeries> nativeSeries = new ArrayList<>();

  private BucketGroups(QueryContext context, int steps) {
    this.context = context;
    this.steps = steps;
  }

  /**
   * Takes in all series.
   *
   * @param position where the vector stands, which annotations name
   */
  static BucketGroups of(
      QueryContext context, SeriesOperator vector, int steps, PositionRange position) {
    BucketGroups groups = new BucketGroups(context, steps);
    for (StepSeries series : SeriesList.drain(context, vector)) {
      context.checkNowAndThen();
      groups.add(series, position);
    }
    groups.classic.values().forEach(c -> c.buckets.sort(Comparator.comparingDouble(Bucket::bound)));
    groups.dropConflicts(position);
    return groups;
  }

  private void add(StepSeries series, PositionRange position) {
    if (series.histograms != null) {
      nativeSeries.add(series);
    }
    boolean anyFloat = false;
    for (int i = 0; i < steps && !anyFloat; i++) {
      anyFloat = series.hasFloat(i);
    }
    if (!anyFloat) {
      return;
    }
    String text = series.labels().get(BOUND_LABEL);
    OptionalDouble bound = GoNumbers.parse(text);
    if (bound.isEmpty()) {
      context.annotations.add(
          Annotation.badBucketLabel(metricName(series.labels()), text, position));
      return;
    }
    Labels labels = series.labels().without(List.of(BOUND_LABEL));
    classic
        .computeIfAbsent(
            labels,
            l -> {
              context.memory.reserve(CLASSIC_BYTES + (long) l.heapBytes(), 0);
              return new Classic(l);
            })
        .buckets
        .add(new Bucket(bound.getAsDouble(), series));
  }

  private void dropConflicts(PositionRange position) {
    for (StepSeries series : nativeSeries) {
      Classic other = classic.get(series.labels());
      if (other == null) {
        continue;
      }
      for (int i = 0; i < steps; i++) {
        if (series.histogram(i) != null && other.hasAny(i)) {
          context.annotations.add(
              Annotation.mixedClassicNativeHistograms(metricName(series.labels()), position));
          series.setAbsent(i);
          for (Bucket bucket : other.buckets) {
            bucket.series().setAbsent(i);
          }
        }
      }
    }
  }

  /** The name that annotations give; none where names are already gone from the answer. */
  String metricName(Labels labels) {
    return context.delayedNameRemoval ? labels.metricName() : "";
  }

  Iterable<Classic> classic() {
    return classic.values();
  }

  /** Series with native histograms; floats in them are not for the reader. */
  Iterable<StepSeries> nativeSeries() {
    return nativeSeries;
  }
}
