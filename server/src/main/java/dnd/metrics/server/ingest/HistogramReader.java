package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a whole histogram: classic where it has {@code buckets} (or nothing but count and sum),
 * native where it has a {@code schema}. It reads to the object's end before it says what is wrong.
 * The shapes are in docs/icd.md. For one thread.
 */
final class HistogramReader {
  private static final double COUNT_TOLERANCE = 1e-9;

  private final int maxBuckets;
  private @Nullable InvalidEventException problem;

  HistogramReader(int maxBuckets) {
    this.maxBuckets = maxBuckets;
  }

  /** One side of a native histogram as it was written. */
  private static final class Side {
    double[] spans = {};
    double[] counts = {};
    boolean hasDeltas;
    boolean hasCounts;
  }

  /** Reads the object whose start was just read. */
  HistogramValue read(JsonParser p, String path) throws InvalidEventException {
    problem = null;
    double schema = Double.NaN;
    double count = Double.NaN;
    double sum = Double.NaN;
    boolean hasSum = false;
    double zeroThreshold = 0;
    double zeroCount = 0;
    double[] bounds = {};
    double[] cumulative = {};
    boolean hasBuckets = false;
    double[] custom = {};
    Side positive = new Side();
    Side negative = new Side();
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      JsonToken token = p.nextToken();
      String where = path + "." + field;
      switch (field) {
        case "schema" -> schema = number(p, token, where, false);
        case "count" -> count = number(p, token, where, false);
        case "sum" -> {
          sum = number(p, token, where, true);
          hasSum = true;
        }
        case "zero_threshold" -> zeroThreshold = number(p, token, where, false);
        case "zero_count" -> zeroCount = number(p, token, where, false);
        case "buckets" -> {
          hasBuckets = true;
          double[][] pair = buckets(p, token, where);
          bounds = pair[0];
          cumulative = pair[1];
        }
        case "custom_values" -> custom = numbers(p, token, where);
        case "positive" -> positive = side(p, token, where);
        case "negative" -> negative = side(p, token, where);
        default -> p.skipChildren();
      }
    }
    if (problem != null) {
      throw problem;
    }
    if (Double.isNaN(count)) {
      throw EventParser.missing(path + ".count");
    }
    if (!hasSum) {
      throw EventParser.missing(path + ".sum");
    }
    if (count < 0) {
      throw invalid(path + ".count", "must not be negative");
    }
    if (Double.isNaN(schema)) {
      return classic(path, count, sum, bounds, cumulative);
    }
    if (hasBuckets) {
      throw invalid(path, "has buckets and a schema: it is either classic or native");
    }
    return nativeHistogram(
        path, schema, count, sum, zeroThreshold, zeroCount, positive, negative, custom);
  }

  private static HistogramValue.Classic classic(
      String path, double count, double sum, double[] bounds, double[] cumulative)
      throws InvalidEventException {
    int n = bounds.length;
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    double[] unsorted = bounds;
    Arrays.sort(order, (a, b) -> Double.compare(unsorted[a], unsorted[b]));
    double[] sortedBounds = new double[n];
    double[] sortedCounts = new double[n];
    double before = 0;
    for (int i = 0; i < n; i++) {
      sortedBounds[i] = bounds[order[i]];
      sortedCounts[i] = cumulative[order[i]];
      if (i > 0 && sortedBounds[i] == sortedBounds[i - 1]) {
        throw invalid(path + ".buckets", "two buckets have the bound " + sortedBounds[i]);
      }
      if (sortedCounts[i] < before) {
        throw invalid(
            path + ".buckets",
            "the count up to "
                + sortedBounds[i]
                + " is smaller than the one before: counts are cumulative and not negative");
      }
      before = sortedCounts[i];
    }
    if (before > count) {
      throw invalid(path + ".buckets", "the last bucket counts more than count");
    }
    if (n > 0 && sortedBounds[n - 1] == Double.POSITIVE_INFINITY) {
      if (sortedCounts[n - 1] != count) {
        throw invalid(path + ".buckets", "the bucket +Inf is not the same as count");
      }
      n--;
    }
    return new HistogramValue.Classic(
        count, sum, Arrays.copyOf(sortedBounds, n), Arrays.copyOf(sortedCounts, n));
  }

  private static HistogramValue.Native nativeHistogram(
      String path,
      double schema,
      double count,
      double sum,
      double zeroThreshold,
      double zeroCount,
      Side positive,
      Side negative,
      double[] custom)
      throws InvalidEventException {
    boolean hasCustom = schema == Histogram.CUSTOM_BUCKETS_SCHEMA;
    if (schema != Math.rint(schema)
        || (!hasCustom && (schema < Histogram.MIN_SCHEMA || schema > Histogram.MAX_SCHEMA))) {
      throw invalid(path + ".schema", "must be a whole number from -4 to 8, or -53");
    }
    if (zeroThreshold < 0 || zeroCount < 0) {
      throw invalid(path, "zero_threshold and zero_count must not be negative");
    }
    for (int i = 0; i < custom.length; i++) {
      if (Double.isInfinite(custom[i]) || (i > 0 && custom[i] <= custom[i - 1])) {
        throw invalid(path + ".custom_values", "must ascend, without +Inf");
      }
    }
    if (!hasCustom && custom.length > 0) {
      throw invalid(path + ".custom_values", "go with schema -53 only");
    }
    Buckets above = side(positive, path + ".positive");
    Buckets below = side(negative, path + ".negative");
    if (hasCustom) {
      boolean outside =
          !above.isEmpty() && (above.index(0) < 0 || above.index(above.size() - 1) > custom.length);
      if (!below.isEmpty() || zeroCount != 0 || outside) {
        throw invalid(path, "a histogram of schema -53 has one bucket per bound and one above");
      }
    }
    double total = zeroCount;
    for (int i = 0; i < above.size(); i++) {
      total += above.count(i);
    }
    for (int i = 0; i < below.size(); i++) {
      total += below.count(i);
    }
    // Observations of NaN are in count and in no bucket; they make the sum NaN.
    double missing = count - total;
    if (missing < -COUNT_TOLERANCE * count
        || (!Double.isNaN(sum) && missing > COUNT_TOLERANCE * count)) {
      throw invalid(path + ".count", "is " + count + ", but the buckets hold " + total);
    }
    return new HistogramValue.Native(
        Histogram.builder()
            .schema((int) schema)
            .zeroThreshold(zeroThreshold)
            .zeroCount(zeroCount)
            .count(count)
            .sum(sum)
            .positive(above)
            .negative(below)
            .customValues(custom)
            .build());
  }

  private static Buckets side(Side side, String path) throws InvalidEventException {
    if (side.hasDeltas && side.hasCounts) {
      throw invalid(path, "has deltas and counts: it is one or the other");
    }
    int[] spans = new int[side.spans.length];
    long index = 0;
    long buckets = 0;
    for (int i = 0; i < spans.length; i++) {
      double value = side.spans[i];
      boolean gap = i % 2 == 0 && i > 0;
      if (value != (int) value || (value < 0 && (i % 2 == 1 || gap))) {
        throw invalid(path + ".spans", "hold whole numbers: an offset, and a length from 0 up");
      }
      spans[i] = (int) value;
      index += spans[i];
      buckets += i % 2 == 1 ? spans[i] : 0;
      if (Math.abs(index) > Integer.MAX_VALUE / 2) {
        throw invalid(path + ".spans", "reach too far");
      }
    }
    if (buckets != side.counts.length) {
      throw invalid(
          path, "its spans need " + buckets + " buckets, there are " + side.counts.length);
    }
    double[] counts = side.counts.clone();
    for (int i = 0; i < counts.length; i++) {
      if (side.hasDeltas && i > 0) {
        counts[i] += counts[i - 1];
      }
      if (!(counts[i] >= 0)) {
        throw invalid(path, "the count of bucket " + i + " is negative");
      }
    }
    return Buckets.ofSpans(spans, counts);
  }

  /** Classic buckets: an object of upper bounds and cumulative counts. */
  private double[][] buckets(JsonParser p, JsonToken token, String path) {
    double[] bounds = new double[16];
    double[] counts = new double[16];
    int n = 0;
    if (token != JsonToken.START_OBJECT) {
      fail(EventParser.wrongType(path, "an object of bounds and counts", token), p);
      return new double[][] {{}, {}};
    }
    for (String name = p.nextName(); name != null; name = p.nextName()) {
      double count = number(p, p.nextToken(), path + "." + Shortened.name(name), false);
      double bound = bound(name);
      if (Double.isNaN(bound)) {
        note(invalid(path, "\"" + Shortened.name(name) + "\" is no upper bound"));
        continue;
      }
      if (n == maxBuckets) {
        note(tooMany(path));
        continue;
      }
      if (n == bounds.length) {
        bounds = Arrays.copyOf(bounds, n * 2);
        counts = Arrays.copyOf(counts, n * 2);
      }
      bounds[n] = bound;
      counts[n++] = count;
    }
    return new double[][] {Arrays.copyOf(bounds, n), Arrays.copyOf(counts, n)};
  }

  private static double bound(String text) {
    if (text.equals("+Inf") || text.equals("Inf")) {
      return Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return Double.NaN;
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private Side side(JsonParser p, JsonToken token, String path) {
    Side side = new Side();
    if (token == JsonToken.VALUE_NULL) {
      return side;
    }
    if (token != JsonToken.START_OBJECT) {
      fail(EventParser.wrongType(path, "an object", token), p);
      return side;
    }
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      JsonToken value = p.nextToken();
      String where = path + "." + field;
      switch (field) {
        case "spans" -> side.spans = spans(p, value, where);
        case "deltas" -> {
          side.counts = numbers(p, value, where);
          side.hasDeltas = true;
        }
        case "counts" -> {
          side.counts = numbers(p, value, where);
          side.hasCounts = true;
        }
        default -> p.skipChildren();
      }
    }
    return side;
  }

  /** Pairs of offset and length, each {@code [offset, length]}. */
  private double[] spans(JsonParser p, JsonToken token, String path) {
    if (token != JsonToken.START_ARRAY) {
      fail(EventParser.wrongType(path, "a list of [offset, length]", token), p);
      return new double[0];
    }
    double[] out = new double[8];
    int n = 0;
    for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
      double[] pair = numbers(p, t, path);
      if (pair.length != 2) {
        note(invalid(path, "each span is [offset, length]"));
        continue;
      }
      if (n >= 2 * maxBuckets) {
        note(tooMany(path));
        continue;
      }
      if (n == out.length) {
        out = Arrays.copyOf(out, n * 2);
      }
      out[n++] = pair[0];
      out[n++] = pair[1];
    }
    return Arrays.copyOf(out, n);
  }

  private double[] numbers(JsonParser p, JsonToken token, String path) {
    if (token == JsonToken.VALUE_NULL) {
      return new double[0];
    }
    if (token != JsonToken.START_ARRAY) {
      fail(EventParser.wrongType(path, "a list of numbers", token), p);
      return new double[0];
    }
    double[] out = new double[16];
    int n = 0;
    for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
      double value = number(p, t, path, false);
      if (n == maxBuckets) {
        note(tooMany(path));
        continue;
      }
      if (n == out.length) {
        out = Arrays.copyOf(out, n * 2);
      }
      out[n++] = value;
    }
    return Arrays.copyOf(out, n);
  }

  private double number(JsonParser p, JsonToken token, String path, boolean named) {
    try {
      if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
        return MetricParser.number(p.getString(), path);
      }
      if (named && token == JsonToken.VALUE_STRING) {
        return MetricParser.named(p.getString(), path);
      }
      fail(EventParser.wrongType(path, "a number", token), p);
    } catch (InvalidEventException e) {
      note(e);
    }
    return 0;
  }

  private InvalidEventException tooMany(String path) {
    return invalid(path, "a histogram may have " + maxBuckets + " buckets");
  }

  private static InvalidEventException invalid(String path, String message) {
    return new InvalidEventException(ErrorCode.INVALID_HISTOGRAM, path, message);
  }

  private void fail(InvalidEventException e, JsonParser p) {
    note(e);
    p.skipChildren();
  }

  /** Keeps the first thing that is wrong. */
  private void note(InvalidEventException e) {
    if (problem == null) {
      problem = e;
    }
  }
}
