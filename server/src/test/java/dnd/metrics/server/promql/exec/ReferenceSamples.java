package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What range functions make of the samples of one series in one window.
 *
 * @param samples those in the window, without stale markers; of {@code anchored} and {@code
 *     smoothed} ranges also those around it that the lookback reaches
 * @param end the window's end
 */
record ReferenceSamples(
    List<Sample> samples, long end, long rangeMillis, RangeMode mode, long evaluationTime) {
  /** A float, or a histogram. */
  record Sample(long time, double value, @Nullable ReferenceHistogram histogram) {
    boolean isFloat() {
      return histogram == null;
    }
  }

  private static final @Nullable Sample NOTHING = null;

  private static Sample number(double value) {
    return new Sample(0, value, null);
  }

  private List<Sample> floats() {
    return samples.stream().filter(Sample::isFloat).toList();
  }

  private boolean isMixed() {
    return samples.stream().anyMatch(Sample::isFloat)
        && !samples.stream().allMatch(Sample::isFloat);
  }

  /** The function's value; null where it has none. */
  @Nullable Sample apply(String name, double[] parameters) {
    if (mode != RangeMode.PLAIN) {
      return extended(name);
    }
    if (samples.isEmpty()) {
      return NOTHING;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    return switch (name) {
      case "count_over_time" -> number(samples.size());
      case "present_over_time" -> number(1);
      case "last_over_time" -> last;
      case "first_over_time" -> first;
      case "ts_of_last_over_time" -> {
        if (last.time() < 0) {
          throw new ReferenceEvaluator.Unjudged("times before 1970");
        }
        yield number(last.time() / 1000.0);
      }
      case "ts_of_first_over_time" -> number(first.time() / 1000.0);
      case "sum_over_time", "avg_over_time" -> sum(name.startsWith("avg"));
      case "changes" -> number(turns(false));
      case "resets" -> number(turns(true));
      case "irate", "idelta" -> lastTwo(name.equals("irate"));
      case "rate", "increase", "delta" -> extrapolated(name);
      default -> overFloats(name, parameters);
    };
  }

  private @Nullable Sample sum(boolean average) {
    if (isMixed()) {
      return NOTHING;
    }
    double n = samples.size();
    if (samples.getFirst().isFloat()) {
      double sum = samples.stream().mapToDouble(Sample::value).sum();
      return number(average ? sum / n : sum);
    }
    ReferenceHistogram sum = null;
    for (Sample sample : samples) {
      if (sum != null && !sum.goesWith(sample.histogram())) {
        return NOTHING;
      }
      sum = sum == null ? sample.histogram() : sum.plus(sample.histogram(), 1);
    }
    return new Sample(0, 0, average ? sum.times(1 / n) : sum);
  }

  private int turns(boolean resets) {
    int turns = 0;
    for (int i = 1; i < samples.size(); i++) {
      turns += isTurn(samples.get(i - 1), samples.get(i), resets) ? 1 : 0;
    }
    return turns;
  }

  private static boolean isTurn(Sample before, Sample now, boolean reset) {
    if (before.isFloat() != now.isFloat()) {
      return true;
    }
    if (!now.isFloat()) {
      return reset
          ? now.histogram().isResetFrom(before.histogram())
          : !now.histogram().equals(before.histogram());
    }
    boolean bothNaN = Double.isNaN(before.value()) && Double.isNaN(now.value());
    boolean fell = ReferenceEvaluator.isLess(now.value(), before.value());
    return reset ? fell : now.value() != before.value() && !bothNaN;
  }

  private @Nullable Sample lastTwo(boolean rate) {
    if (samples.size() < 2) {
      return NOTHING;
    }
    Sample before = samples.get(samples.size() - 2);
    Sample now = samples.getLast();
    if (before.isFloat() != now.isFloat()) {
      return NOTHING;
    }
    double seconds = (now.time() - before.time()) / 1000.0;
    if (now.isFloat()) {
      double difference =
          rate && ReferenceEvaluator.isLess(now.value(), before.value())
              ? now.value()
              : now.value() - before.value();
      return number(rate ? difference / seconds : difference);
    }
    ReferenceHistogram result = now.histogram();
    if (!rate || !result.isResetFrom(before.histogram())) {
      if (!before.histogram().goesWith(result)) {
        return NOTHING;
      }
      result = result.plus(before.histogram(), -1);
    }
    return new Sample(0, 0, rate ? result.times(1 / seconds) : result);
  }

  private @Nullable Sample overFloats(String name, double[] parameters) {
    List<Sample> floats = floats();
    int n = floats.size();
    if (n == 0) {
      return NOTHING;
    }
    double[] v = floats.stream().mapToDouble(Sample::value).toArray();
    double mean = Arrays.stream(v).sum() / n;
    double variance = name.startsWith("std") ? variance(v, mean) : 0;
    return switch (name) {
      case "max_over_time" -> number(extreme(v, true));
      case "min_over_time" -> number(extreme(v, false));
      case "stdvar_over_time" -> number(variance);
      case "stddev_over_time" -> number(Math.sqrt(variance));
      case "quantile_over_time" -> number(quantile(parameters[0], v));
      case "mad_over_time" -> {
        if (Arrays.stream(v).anyMatch(Double::isNaN)) {
          yield number(Double.NaN);
        }
        double median = quantile(0.5, v);
        yield number(quantile(0.5, Arrays.stream(v).map(x -> Math.abs(x - median)).toArray()));
      }
      case "ts_of_max_over_time" -> number(timeOf(floats, extreme(v, true)));
      case "ts_of_min_over_time" -> number(timeOf(floats, extreme(v, false)));
      case "deriv" -> n < 2 ? NOTHING : number(line(floats, floats.getFirst().time())[0]);
      case "predict_linear" -> {
        if (n < 2) {
          yield NOTHING;
        }
        double[] line = line(floats, evaluationTime);
        yield number(line[0] * parameters[0] + line[1]);
      }
      case "double_exponential_smoothing" ->
          n < 2 ? NOTHING : number(smoothed(v, parameters[0], parameters[1]));
      default -> throw new IllegalArgumentException(name);
    };
  }

  static double variance(double[] v, double mean) {
    double variance = Arrays.stream(v).map(x -> (x - mean) * (x - mean)).sum() / v.length;
    if (variance > 0 && variance < 1e-9 * mean * mean) {
      throw new ReferenceEvaluator.Unjudged("a variance of rounding errors");
    }
    return variance;
  }

  static double extreme(double[] v, boolean max) {
    double[] numbers = Arrays.stream(v).filter(x -> !Double.isNaN(x)).toArray();
    if (numbers.length == 0) {
      return Double.NaN;
    }
    return max
        ? Arrays.stream(numbers).max().orElseThrow()
        : Arrays.stream(numbers).min().orElseThrow();
  }

  /** The last of several; of nothing but NaN the last, too. */
  private static double timeOf(List<Sample> floats, double value) {
    double time = 0;
    for (Sample s : floats) {
      if (s.value() == value || Double.isNaN(value)) {
        time = s.time() / 1000.0;
      }
    }
    return time;
  }

  static double quantile(double q, double[] values) {
    if (values.length == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0 || q > 1) {
      return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    double[] sorted =
        Arrays.stream(values)
            .boxed()
            .sorted(Comparator.comparing((Double v) -> !v.isNaN()).thenComparing(v -> v))
            .mapToDouble(v -> v)
            .toArray();
    double rank = q * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(sorted.length - 1, below + 1);
    double share = rank - below;
    return sorted[below] * (1 - share) + sorted[above] * share;
  }

  private static double[] line(List<Sample> samples, long origin) {
    double n = samples.size();
    double x = 0;
    double y = 0;
    double xy = 0;
    double xx = 0;
    boolean constant = true;
    for (Sample s : samples) {
      double seconds = (s.time() - origin) / 1000.0;
      x += seconds;
      y += s.value();
      xy += seconds * s.value();
      xx += seconds * seconds;
      constant &= s.value() == samples.getFirst().value();
    }
    if (constant && Double.isInfinite(samples.getFirst().value())) {
      return new double[] {Double.NaN, Double.NaN};
    }
    if (constant) {
      return new double[] {0, samples.getFirst().value()};
    }
    double slope = (xy - x * y / n) / (xx - x * x / n);
    return new double[] {slope, y / n - slope * x / n};
  }

  /** Holt's linear method. */
  private static double smoothed(double[] v, double smoothing, double trendFactor) {
    double level = v[0];
    double trend = v[1] - v[0];
    for (int i = 1; i < v.length; i++) {
      double next = smoothing * v[i] + (1 - smoothing) * (level + trend);
      trend = trendFactor * (next - level) + (1 - trendFactor) * trend;
      level = next;
    }
    return level;
  }

  private @Nullable Sample extrapolated(String name) {
    int n = samples.size();
    if (n < 2 || isMixed()) {
      return NOTHING;
    }
    boolean counter = !name.equals("delta");
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    double seconds = (last.time() - first.time()) / 1000.0;
    if (first.isFloat()) {
      double difference = last.value() - first.value();
      for (int i = 1; counter && i < n; i++) {
        if (ReferenceEvaluator.isLess(samples.get(i).value(), samples.get(i - 1).value())) {
          difference += samples.get(i - 1).value();
        }
      }
      double toZero =
          counter && difference > 0 && first.value() >= 0
              ? seconds * first.value() / difference
              : Double.POSITIVE_INFINITY;
      return number(difference * factor(name, seconds, n, toZero));
    }
    ReferenceHistogram from = first.histogram();
    if (counter && samples.get(1).histogram().isResetFrom(from)) {
      from = samples.get(1).histogram().emptied();
    }
    for (Sample sample : counter ? samples.subList(1, n) : List.of(last)) {
      if (!from.goesWith(sample.histogram())) {
        return NOTHING;
      }
    }
    ReferenceHistogram difference = last.histogram().plus(from, -1);
    ReferenceHistogram before = from;
    for (int i = 1; counter && i < n; i++) {
      if (samples.get(i).histogram().isResetFrom(before)) {
        difference = difference.plus(before, 1);
      }
      before = samples.get(i).histogram();
    }
    int coarsest = difference.schema;
    for (Sample sample : counter ? samples.subList(1, n) : List.<Sample>of()) {
      coarsest = Math.min(coarsest, sample.histogram().schema);
    }
    difference = difference.custom ? difference : difference.toSchema(coarsest);
    double toZero =
        counter && difference.count > 0 && first.histogram().count >= 0
            ? seconds * first.histogram().count / difference.count
            : Double.POSITIVE_INFINITY;
    return new Sample(0, 0, difference.times(factor(name, seconds, n, toZero)));
  }

  /** By how much the difference between samples grows where it is drawn out to the range's ends. */
  private double factor(String name, double seconds, int n, double toZero) {
    Sample first = samples.getFirst();
    double between = seconds / (n - 1);
    double toStart = (first.time() - (end - rangeMillis)) / 1000.0;
    double toEnd = (end - samples.getLast().time()) / 1000.0;
    toStart = Math.min(toStart >= between * 1.1 ? between / 2 : toStart, toZero);
    toEnd = toEnd >= between * 1.1 ? between / 2 : toEnd;
    double factor = (seconds + toStart + toEnd) / seconds;
    return name.equals("rate") ? factor / (rangeMillis / 1000.0) : factor;
  }

  private @Nullable Sample extended(String name) {
    if (samples.isEmpty() || isMixed()) {
      return NOTHING;
    }
    if (!samples.getFirst().isFloat() || name.equals("changes") || name.equals("resets")) {
      throw new ReferenceEvaluator.Unjudged(name + " over an extended range");
    }
    boolean smooth = mode == RangeMode.SMOOTHED;
    boolean counter = !name.equals("delta");
    long start = end - rangeMillis;
    int first = 0;
    for (int i = 0; i < samples.size(); i++) {
      first = samples.get(i).time() <= start ? i : first;
    }
    int last = samples.size() - 1;
    for (int i = samples.size() - 1; smooth && i >= 0; i--) {
      last = samples.get(i).time() >= end ? i : last;
    }
    if (samples.get(last).time() <= start || samples.get(first).time() > end) {
      return NOTHING;
    }
    double left =
        smooth && samples.get(first).time() < start
            ? between(first, start, counter)
            : samples.get(first).value();
    double right =
        smooth && last > 0 && samples.get(last).time() > end
            ? between(last - 1, end, counter)
            : samples.get(last).value();
    double increase = right - left;
    double before = left;
    for (int i = first; counter && i <= last + 1; i++) {
      boolean inside = i <= last && samples.get(i).time() > start && samples.get(i).time() < end;
      double now = i > last ? right : samples.get(i).value();
      if (i <= last && !inside) {
        continue;
      }
      increase += now < before ? before : 0;
      before = now;
    }
    return number(name.equals("rate") ? increase / (rangeMillis / 1000.0) : increase);
  }

  private double between(int i, long time, boolean counter) {
    Sample a = samples.get(i);
    Sample b = samples.get(i + 1);
    double from = counter && b.value() < a.value() ? 0 : a.value();
    return from + (b.value() - from) * (time - a.time()) / (b.time() - a.time());
  }

  static boolean isGauge(ReferenceHistogram h) {
    return h.hint == CounterResetHint.GAUGE;
  }
}
