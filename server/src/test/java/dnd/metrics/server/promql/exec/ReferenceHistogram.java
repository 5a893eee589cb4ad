package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A native histogram as maps from bucket index to count, and what PromQL does with it, straight
 * from the definitions. Buckets without observations are not there. Immutable.
 */
final class ReferenceHistogram {
  /** The observations between two bounds. */
  record Bucket(double lower, double upper, double count) {}

  final boolean custom;
  final int schema;
  final double[] bounds;
  final double zeroThreshold;
  final double zeroCount;
  final double count;
  final double sum;
  final TreeMap<Integer, Double> positive;
  final TreeMap<Integer, Double> negative;
  final CounterResetHint hint;

  private ReferenceHistogram(
      int schema,
      double[] bounds,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      Map<Integer, Double> positive,
      Map<Integer, Double> negative,
      CounterResetHint hint) {
    this.custom = schema == Histogram.CUSTOM_BUCKETS_SCHEMA;
    this.schema = schema;
    this.bounds = bounds;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.count = count;
    this.sum = sum;
    this.positive = new TreeMap<>(positive);
    this.negative = new TreeMap<>(negative);
    this.hint = hint;
    this.positive.values().removeIf(c -> c == 0);
    this.negative.values().removeIf(c -> c == 0);
  }

  static ReferenceHistogram of(Histogram h) {
    return new ReferenceHistogram(
        h.schema(),
        h.customValues(),
        h.zeroThreshold(),
        h.zeroCount(),
        h.count(),
        h.sum(),
        map(h.positive()),
        map(h.negative()),
        h.counterResetHint());
  }

  private static Map<Integer, Double> map(Buckets buckets) {
    Map<Integer, Double> map = new TreeMap<>();
    for (int i = 0; i < buckets.size(); i++) {
      map.put(buckets.index(i), buckets.count(i));
    }
    return map;
  }

  private ReferenceHistogram with(
      int newSchema,
      double[] newBounds,
      double threshold,
      double zeros,
      Map<Integer, Double> newPositive,
      Map<Integer, Double> newNegative) {
    return new ReferenceHistogram(
        newSchema, newBounds, threshold, zeros, count, sum, newPositive, newNegative, hint);
  }

  ReferenceHistogram times(double factor) {
    if (Double.isNaN(factor) || Double.isInfinite(factor)) {
      throw new ReferenceEvaluator.Unjudged("counts that are no numbers");
    }
    TreeMap<Integer, Double> p = new TreeMap<>(positive);
    TreeMap<Integer, Double> n = new TreeMap<>(negative);
    p.replaceAll((i, c) -> c * factor);
    n.replaceAll((i, c) -> c * factor);
    return new ReferenceHistogram(
        schema,
        bounds,
        zeroThreshold,
        zeroCount * factor,
        count * factor,
        sum * factor,
        p,
        n,
        factor < 0 ? CounterResetHint.GAUGE : hint);
  }

  /** A subquery may leave samples out: what they say about the one before holds no more. */
  ReferenceHistogram withoutResetHint() {
    CounterResetHint kept = hint == CounterResetHint.GAUGE ? hint : CounterResetHint.UNKNOWN;
    return new ReferenceHistogram(
        schema, bounds, zeroThreshold, zeroCount, count, sum, positive, negative, kept);
  }

  /** One that holds nothing, in the shape of this. */
  ReferenceHistogram emptied() {
    return new ReferenceHistogram(
        schema, bounds, 0, 0, 0, 0, Map.of(), Map.of(), CounterResetHint.UNKNOWN);
  }

  private static int coarser(int index, int levels) {
    return Math.floorDiv(index - 1, 1 << levels) + 1;
  }

  ReferenceHistogram toSchema(int target) {
    int levels = schema - target;
    TreeMap<Integer, Double> p = new TreeMap<>();
    TreeMap<Integer, Double> n = new TreeMap<>();
    positive.forEach((i, c) -> p.merge(coarser(i, levels), c, Double::sum));
    negative.forEach((i, c) -> n.merge(coarser(i, levels), c, Double::sum));
    return with(target, bounds, zeroThreshold, zeroCount, p, n);
  }

  private double upper(int index) {
    if (custom) {
      return index >= bounds.length ? Double.POSITIVE_INFINITY : bounds[index];
    }
    return Math.pow(2, index * Math.pow(2, -schema));
  }

  private double lower(int index) {
    if (custom) {
      return index == 0 ? Double.NEGATIVE_INFINITY : bounds[index - 1];
    }
    return upper(index - 1);
  }

  /** With a zero bucket that reaches at least to {@code threshold}, cutting no other bucket. */
  ReferenceHistogram widened(double threshold) {
    double reach = threshold;
    boolean grew = true;
    while (grew) {
      grew = false;
      TreeSet<Integer> all = new TreeSet<>(positive.keySet());
      all.addAll(negative.keySet());
      for (int i : all) {
        if (lower(i) < reach && upper(i) > reach) {
          reach = upper(i);
          grew = true;
        }
      }
    }
    double zeros = zeroCount;
    TreeMap<Integer, Double> p = new TreeMap<>();
    TreeMap<Integer, Double> n = new TreeMap<>();
    for (Map.Entry<Integer, Double> e : positive.entrySet()) {
      if (upper(e.getKey()) <= reach) {
        zeros += e.getValue();
      } else {
        p.put(e.getKey(), e.getValue());
      }
    }
    for (Map.Entry<Integer, Double> e : negative.entrySet()) {
      if (upper(e.getKey()) <= reach) {
        zeros += e.getValue();
      } else {
        n.put(e.getKey(), e.getValue());
      }
    }
    return with(schema, bounds, reach, zeros, p, n);
  }

  private ReferenceHistogram withBounds(double[] common) {
    TreeMap<Integer, Double> spread = new TreeMap<>();
    positive.forEach((i, c) -> {
      double end = upper(i);
      int into = 0;
      while (into < common.length && common[into] < end) {
        into++;
      }
      spread.merge(into, c, Double::sum);
    });
    return with(schema, common, zeroThreshold, zeroCount, spread, negative);
  }

  boolean goesWith(ReferenceHistogram other) {
    return custom == other.custom;
  }

  /** This plus {@code factor} times the other, both brought to a layout that both can have. */
  ReferenceHistogram plus(ReferenceHistogram other, double factor) {
    ReferenceHistogram a = this;
    ReferenceHistogram b = other;
    if (custom) {
      if (!Arrays.equals(bounds, other.bounds)) {
        double[] common =
            Arrays.stream(bounds)
                .filter(x -> Arrays.stream(other.bounds).anyMatch(y -> x == y))
                .toArray();
        a = withBounds(common);
        b = other.withBounds(common);
      }
    } else {
      while (a.zeroThreshold != b.zeroThreshold) {
        if (a.zeroThreshold > b.zeroThreshold) {
          b = b.widened(a.zeroThreshold);
        } else {
          a = a.widened(b.zeroThreshold);
        }
      }
      int common = Math.min(schema, other.schema);
      a = a.toSchema(common);
      b = b.toSchema(common);
    }
    TreeMap<Integer, Double> p = new TreeMap<>(a.positive);
    TreeMap<Integer, Double> n = new TreeMap<>(a.negative);
    b.positive.forEach((i, c) -> p.merge(i, c * factor, Double::sum));
    b.negative.forEach((i, c) -> n.merge(i, c * factor, Double::sum));
    return new ReferenceHistogram(
        a.schema,
        a.bounds,
        a.zeroThreshold,
        a.zeroCount + factor * b.zeroCount,
        a.count + factor * b.count,
        a.sum + factor * b.sum,
        p,
        n,
        CounterResetHint.UNKNOWN);
  }

  /** Whether counting began anew between the other and this. */
  boolean isResetFrom(ReferenceHistogram before) {
    if (hint == CounterResetHint.RESET) {
      return true;
    }
    if (hint == CounterResetHint.NOT_RESET) {
      return false;
    }
    judge();
    before.judge();
    if (ReferenceEvaluator.isLess(count, before.count) || custom != before.custom) {
      return true;
    }
    ReferenceHistogram now = this;
    ReferenceHistogram then = before;
    if (custom) {
      if (!Arrays.equals(bounds, before.bounds)) {
        double[] common =
            Arrays.stream(bounds)
                .filter(x -> Arrays.stream(before.bounds).anyMatch(y -> x == y))
                .toArray();
        now = withBounds(common);
        then = before.withBounds(common);
      }
    } else {
      if (schema > before.schema || zeroThreshold < before.zeroThreshold) {
        return true;
      }
      then = before.widened(zeroThreshold);
      if (then.zeroThreshold != zeroThreshold
          || ReferenceEvaluator.isLess(zeroCount, then.zeroCount)) {
        return true;
      }
      then = then.toSchema(schema);
    }
    return anyLess(now.positive, then.positive) || anyLess(now.negative, then.negative);
  }

  private static boolean anyLess(Map<Integer, Double> now, Map<Integer, Double> then) {
    TreeSet<Integer> all = new TreeSet<>(now.keySet());
    all.addAll(then.keySet());
    return all.stream()
        .anyMatch(
            i -> ReferenceEvaluator.isLess(now.getOrDefault(i, 0.0), then.getOrDefault(i, 0.0)));
  }

  /** What cannot be counted is estimated as rounding will have it. */
  private void judge() {
    if (!(count >= 0)
        || positive.values().stream().anyMatch(c -> !(c >= 0))
        || negative.values().stream().anyMatch(c -> !(c >= 0))) {
      throw new ReferenceEvaluator.Unjudged("estimates of negative counts");
    }
  }

  /** All buckets with observations, ascending. */
  java.util.List<Bucket> buckets() {
    java.util.List<Bucket> all = new java.util.ArrayList<>();
    negative.descendingMap().forEach((i, c) -> all.add(new Bucket(-upper(i), -lower(i), c)));
    if (zeroCount != 0) {
      boolean onlyPositive = negative.isEmpty() && !positive.isEmpty();
      boolean onlyNegative = positive.isEmpty() && !negative.isEmpty();
      all.add(
          new Bucket(
              onlyPositive ? 0 : -zeroThreshold, onlyNegative ? 0 : zeroThreshold, zeroCount));
    }
    positive.forEach((i, c) -> all.add(new Bucket(lower(i), upper(i), c)));
    return all;
  }

  /** The variance of the observations, each at the middle of its bucket. */
  double variance() {
    judge();
    double mean = sum / count;
    double squares = 0;
    for (Bucket b : buckets()) {
      double middle = Math.copySign(Math.sqrt(b.lower() * b.upper()), b.upper());
      if (custom) {
        middle = (b.lower() + b.upper()) / 2;
      } else if (b.lower() <= 0 && b.upper() >= 0) {
        middle = 0;
      }
      squares += b.count() * (middle - mean) * (middle - mean);
    }
    return squares / count;
  }

  /** The value at a share of a bucket's observations. */
  private double inside(Bucket b, double share) {
    if (custom || (b.lower() <= 0 && b.upper() >= 0)) {
      return b.lower() + (b.upper() - b.lower()) * share;
    }
    double from = Math.log(Math.abs(b.lower()));
    double to = Math.log(Math.abs(b.upper()));
    return Math.copySign(Math.exp(from + (to - from) * share), b.lower());
  }

  double quantile(double q) {
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    if (count == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    judge();
    double rank = q * count;
    double below = 0;
    Bucket last = null;
    for (Bucket b : buckets()) {
      last = b;
      if (q > 0 && Math.abs(below + b.count() - rank) < 1e-9 * count) {
        throw new ReferenceEvaluator.Unjudged("a rank between two buckets");
      }
      // From the middle up Prometheus counts from above, so that the bucket is the upper one.
      if (q < 0.5 ? below + b.count() >= rank : below + b.count() > rank) {
        break;
      }
      below += b.count();
      if (q >= 0.5 && below >= count) {
        below -= b.count();
        break;
      }
    }
    if (last == null) {
      throw new ReferenceEvaluator.Unjudged("a histogram without buckets");
    }
    if (custom && last.lower() == Double.NEGATIVE_INFINITY) {
      if (last.upper() <= 0) {
        return last.upper();
      }
      last = new Bucket(0, last.upper(), last.count());
    } else if (custom && last.upper() == Double.POSITIVE_INFINITY) {
      return last.lower();
    }
    return inside(last, (rank - below) / last.count());
  }

  double fraction(double from, double to) {
    if (count == 0 || Double.isNaN(from) || Double.isNaN(to)) {
      return Double.NaN;
    }
    judge();
    return from >= to ? 0 : (below(to) - below(from)) / count;
  }

  private double below(double value) {
    double below = 0;
    for (Bucket whole : buckets()) {
      boolean fromZero = whole.lower() == Double.NEGATIVE_INFINITY && whole.upper() >= 0;
      Bucket b = fromZero ? new Bucket(0, whole.upper(), whole.count()) : whole;
      if (b.upper() <= value) {
        below += b.count();
      } else if (b.lower() < value) {
        double share;
        if (b.lower() == Double.NEGATIVE_INFINITY) {
          share = 1; // nothing is known about where in it observations are
        } else if (b.upper() == Double.POSITIVE_INFINITY) {
          share = 0;
        } else if (custom || (b.lower() <= 0 && b.upper() >= 0)) {
          share = (value - b.lower()) / (b.upper() - b.lower());
        } else {
          share = Math.log(Math.abs(value / b.lower())) / Math.log(Math.abs(b.upper() / b.lower()));
        }
        return below + b.count() * share;
      } else {
        return below;
      }
    }
    return Math.min(below, count);
  }

  /** Whether the engine's histogram is this but for rounding. */
  boolean isLike(Histogram other) {
    ReferenceHistogram o = of(other);
    double tolerance = 1e-7 * Math.max(1, Math.abs(count));
    return schema == o.schema
        && Arrays.equals(bounds, o.bounds)
        && (custom || zeroThreshold == o.zeroThreshold)
        && near(zeroCount, o.zeroCount, tolerance)
        && near(count, o.count, tolerance)
        && near(sum, o.sum, 1e-7 * Math.max(1, Math.abs(sum)))
        && near(positive, o.positive, tolerance)
        && near(negative, o.negative, tolerance);
  }

  private static boolean near(Map<Integer, Double> a, Map<Integer, Double> b, double tolerance) {
    TreeSet<Integer> all = new TreeSet<>(a.keySet());
    all.addAll(b.keySet());
    return all.stream()
        .allMatch(i -> near(a.getOrDefault(i, 0.0), b.getOrDefault(i, 0.0), tolerance));
  }

  private static boolean near(double a, double b, double tolerance) {
    return a == b || (Double.isNaN(a) && Double.isNaN(b)) || Math.abs(a - b) <= tolerance;
  }

  @Override
  public String toString() {
    return "{schema "
        + schema
        + " bounds "
        + Arrays.toString(bounds)
        + " zero "
        + zeroThreshold
        + ":"
        + zeroCount
        + " count "
        + count
        + " sum "
        + sum
        + " "
        + positive
        + " "
        + negative
        + " "
        + hint
        + "}";
  }

  @Override
  public boolean equals(Object other) {
    throw new ReferenceEvaluator.Unjudged("histograms compared exactly");
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
