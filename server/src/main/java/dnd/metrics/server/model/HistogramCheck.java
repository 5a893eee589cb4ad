package dnd.metrics.server.model;

import java.util.Optional;

/** What makes a histogram one that Prometheus would not take, in its words. */
final class HistogramCheck {
  private HistogramCheck() {}

  static Optional<String> problem(Histogram h) {
    if (h.hasCustomBuckets()) {
      Optional<String> bounds = customBoundsProblem(h);
      if (bounds.isPresent()) {
        return bounds.map(p -> "custom buckets: " + p);
      }
      if (h.zeroCount() != 0) {
        return Optional.of("custom buckets: must have zero count of 0");
      }
      if (h.zeroThreshold() != 0) {
        return Optional.of("custom buckets: must have zero threshold of 0");
      }
      if (!h.negative().isEmpty()) {
        return Optional.of("custom buckets: must not have negative buckets");
      }
    } else if (h.schema() >= Histogram.MIN_SCHEMA && h.schema() <= Histogram.MAX_SCHEMA) {
      Optional<String> negative = countProblem(h.negative());
      if (negative.isPresent()) {
        return negative.map(p -> "negative side: " + p);
      }
      if (h.zeroCount() < 0) {
        return Optional.of(
            "zero bucket has observation count of "
                + GoFloat.format(h.zeroCount())
                + ": histogram has a bucket whose observation count is negative");
      }
      if (h.customValues().length > 0) {
        return Optional.of("histogram with exponential schema must not have custom bounds");
      }
    } else {
      return Optional.of(
          "histogram has an invalid schema, which must be between -4 and 8 for exponential"
              + " buckets, or -53 for custom buckets, got schema "
              + h.schema());
    }
    if (h.count() < 0) {
      return Optional.of(
          "observation count is  "
              + GoFloat.format(h.count())
              + ": histogram's observation count is negative");
    }
    return countProblem(h.positive()).map(p -> "positive side: " + p);
  }

  private static Optional<String> countProblem(Buckets buckets) {
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) < 0) {
        return Optional.of(
            String.format(
                "bucket number %d has observation count of %s: histogram has a bucket whose"
                    + " observation count is negative",
                i + 1, GoFloat.format(buckets.count(i))));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> customBoundsProblem(Histogram h) {
    double[] bounds = h.customValues();
    double previous = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < bounds.length; i++) {
      if (Double.isNaN(bounds[i])) {
        return Optional.of("histogram custom bounds must not be NaN");
      }
      if (i > 0 && bounds[i] <= previous) {
        return Optional.of(
            String.format(
                "previous bound is %f and current is %f: histogram custom bounds must be in"
                    + " strictly increasing order",
                previous, bounds[i]));
      }
      previous = bounds[i];
    }
    if (previous == Double.POSITIVE_INFINITY) {
      return Optional.of(
          "last +Inf bound must not be explicitly defined: histogram custom bounds must be finite");
    }
    if (h.positive().isEmpty()) {
      return Optional.empty();
    }
    int first = h.positive().index(0);
    if (first < 0) {
      return Optional.of(
          "span number 1 with offset " + first + ": histogram has a span whose offset is negative");
    }
    int length = h.positive().index(h.positive().size() - 1) + 1;
    if (bounds.length + 1 < length) {
      return Optional.of(
          String.format(
              "only %d custom bounds defined which is insufficient to cover total span length of"
                  + " %d: histogram custom bounds are too few",
              bounds.length, length));
    }
    return Optional.empty();
  }
}
