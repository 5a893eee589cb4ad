package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AggregateOp;
import dnd.metrics.server.promql.parse.AtModifier;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.NumberLiteral;
import dnd.metrics.server.promql.parse.ParenExpr;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.UnaryExpr;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorMatching;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Evaluates PromQL over floats a step at a time, straight from the definitions, with no thought for
 * speed: what the engine's answers are held against. Names are kept until the end, as with delayed
 * name removal.
 */
final class ReferenceEvaluator {
  /** The query has no answer. */
  static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String reason) {
      super(reason);
    }
  }

  /** A sample with its labels; the name goes at the end where {@code dropName}. */
  record Element(Labels labels, boolean dropName, double value) {}

  private record Sample(long time, double value) {}

  private record RangeElement(Labels labels, boolean dropName, List<Sample> samples) {}

  private static final long LOOKBACK = 300_000;
  private final SeriesSource source;

  ReferenceEvaluator(SeriesSource source) {
    this.source = source;
  }

  /** The vector at one time, without the names that are to go. */
  Map<Labels, Double> at(Expr expr, long time) {
    Map<Labels, Double> result = new TreeMap<>();
    if (expr.type() == ValueType.SCALAR) {
      result.put(Labels.empty(), scalar(expr, time));
      return result;
    }
    for (Element element : vector(expr, time)) {
      Labels labels = element.dropName() ? MetricNames.drop(element.labels()) : element.labels();
      if (result.put(labels, element.value()) != null) {
        throw new NoAnswer("same labels " + labels);
      }
    }
    return result;
  }

  private double scalar(Expr expr, long time) {
    return switch (expr) {
      case NumberLiteral e -> e.value();
      case ParenExpr e -> scalar(e.expr(), time);
      case UnaryExpr e -> e.negative() ? -scalar(e.expr(), time) : scalar(e.expr(), time);
      case BinaryExpr e -> {
        double l = scalar(e.lhs(), time);
        double r = scalar(e.rhs(), time);
        yield e.op().isComparison() ? (holds(e.op(), l, r) ? 1 : 0) : compute(e.op(), l, r);
      }
      case Call e when e.function().name().equals("time") -> time / 1000.0;
      case Call e when e.function().name().equals("scalar") -> {
        List<Element> elements = vector(e.args().getFirst(), time);
        yield elements.size() == 1 ? elements.getFirst().value() : Double.NaN;
      }
      default -> throw new IllegalArgumentException("scalar " + expr);
    };
  }

  private List<Element> vector(Expr expr, long time) {
    return switch (expr) {
      case ParenExpr e -> vector(e.expr(), time);
      case VectorSelector e -> select(e, time);
      case UnaryExpr e -> {
        List<Element> out = new ArrayList<>();
        for (Element x : vector(e.expr(), time)) {
          out.add(e.negative() ? new Element(x.labels(), true, -x.value()) : x);
        }
        yield out;
      }
      case AggregateExpr e -> aggregate(e, time);
      case BinaryExpr e -> binary(e, time);
      case Call e -> call(e, time);
      default -> throw new IllegalArgumentException("vector " + expr);
    };
  }

  private static long lookup(AtModifier at, long offset, long time) {
    return (at instanceof AtModifier.Time pinned ? pinned.millis() : time) - offset;
  }

  private List<Sample> samples(Series series, long from, long to) {
    List<Sample> all = new ArrayList<>();
    SampleReader reader = series.read(from, to);
    SampleBatch batch = new SampleBatch();
    while (reader.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        all.add(new Sample(batch.timestamps[i], batch.values[i]));
      }
    }
    return all;
  }

  private List<Element> select(VectorSelector e, long time) {
    long t = lookup(e.at(), e.offsetMillis(), time);
    List<Element> out = new ArrayList<>();
    for (Series series : source.select(e.matchers(), t - LOOKBACK + 1, t)) {
      List<Sample> samples = samples(series, t - LOOKBACK + 1, t);
      if (!samples.isEmpty() && !StaleMarker.is(samples.getLast().value())) {
        out.add(new Element(series.labels(), false, samples.getLast().value()));
      }
    }
    return out;
  }

  private List<RangeElement> range(Expr expr, long time) {
    List<RangeElement> out = new ArrayList<>();
    if (expr instanceof MatrixSelector e) {
      long end = lookup(e.selector().at(), e.selector().offsetMillis(), time);
      long start = end - e.rangeMillis();
      for (Series series : source.select(e.selector().matchers(), start + 1, end)) {
        List<Sample> samples = new ArrayList<>(samples(series, start + 1, end));
        samples.removeIf(sample -> StaleMarker.is(sample.value()));
        out.add(new RangeElement(series.labels(), false, samples));
      }
      return out;
    }
    Subquery e = (Subquery) expr;
    long end = lookup(e.at(), e.offsetMillis(), time);
    long start = end - e.rangeMillis();
    long step = e.stepMillis() == 0 ? 60_000 : e.stepMillis();
    Map<Labels, RangeElement> byLabels = new TreeMap<>();
    for (long t = Math.floorDiv(start, step) * step; t <= end; t += step) {
      if (t > start) {
        for (Element x : vector(e.expr(), t)) {
          byLabels
              .computeIfAbsent(
                  x.labels(), l -> new RangeElement(l, x.dropName(), new ArrayList<>()))
              .samples()
              .add(new Sample(t, x.value()));
        }
      }
    }
    return new ArrayList<>(byLabels.values());
  }

  private List<Element> call(Call e, long time) {
    String name = e.function().name();
    List<Element> out = new ArrayList<>();
    if (name.equals("abs") || name.equals("ceil")) {
      for (Element x : vector(e.args().getFirst(), time)) {
        double v = name.equals("abs") ? Math.abs(x.value()) : Math.ceil(x.value());
        out.add(new Element(x.labels(), true, v));
      }
      return out;
    }
    if (name.equals("clamp_max")) {
      double max = scalar(e.args().get(1), time);
      for (Element x : vector(e.args().getFirst(), time)) {
        out.add(new Element(x.labels(), true, Math.min(max, x.value())));
      }
      return out;
    }
    if (name.equals("vector")) {
      return List.of(new Element(Labels.empty(), false, scalar(e.args().getFirst(), time)));
    }
    if (name.equals("absent")) {
      return vector(e.args().getFirst(), time).isEmpty()
          ? List.of(new Element(absentLabels(e.args().getFirst()), false, 1))
          : List.of();
    }
    Expr matrix =
        e.args().stream().filter(a -> a.type() == ValueType.MATRIX).findFirst().orElseThrow();
    double parameter =
        e.args().stream()
            .filter(a -> a.type() == ValueType.SCALAR)
            .findFirst()
            .map(a -> scalar(a, time))
            .orElse(Double.NaN);
    long end = end(matrix, time);
    for (RangeElement x : range(matrix, time)) {
      double value = overRange(name, x.samples(), parameter, end, rangeMillis(matrix), time);
      if (!StaleMarker.is(value)) {
        out.add(new Element(x.labels(), !name.equals("last_over_time") || x.dropName(), value));
      }
    }
    return out;
  }

  private static Labels absentLabels(Expr expr) {
    return expr instanceof VectorSelector s ? AbsentOperator.labels(s.matchers()) : Labels.empty();
  }

  private static long end(Expr matrix, long time) {
    return switch (matrix) {
      case MatrixSelector e -> lookup(e.selector().at(), e.selector().offsetMillis(), time);
      case Subquery e -> lookup(e.at(), e.offsetMillis(), time);
      default -> throw new IllegalArgumentException("range " + matrix);
    };
  }

  private static long rangeMillis(Expr matrix) {
    return matrix instanceof MatrixSelector e ? e.rangeMillis() : ((Subquery) matrix).rangeMillis();
  }

  /** The stale marker stands for no value. */
  private static double overRange(
      String name, List<Sample> samples, double parameter, long end, long range, long time) {
    int n = samples.size();
    if (n == 0) {
      return StaleMarker.VALUE;
    }
    double[] v = samples.stream().mapToDouble(Sample::value).toArray();
    return switch (name) {
      case "count_over_time" -> n;
      case "last_over_time" -> v[n - 1];
      case "sum_over_time" -> java.util.Arrays.stream(v).sum();
      case "avg_over_time" -> java.util.Arrays.stream(v).sum() / n;
      case "max_over_time" -> java.util.Arrays.stream(v).max().orElseThrow();
      case "min_over_time" -> java.util.Arrays.stream(v).min().orElseThrow();
      case "quantile_over_time" -> Quantiles.of(parameter, v, n);
      case "stddev_over_time" -> {
        double mean = java.util.Arrays.stream(v).sum() / n;
        yield Math.sqrt(java.util.Arrays.stream(v).map(x -> (x - mean) * (x - mean)).sum() / n);
      }
      case "changes" -> {
        int count = 0;
        for (int i = 1; i < n; i++) {
          count += v[i] != v[i - 1] ? 1 : 0;
        }
        yield count;
      }
      case "resets" -> {
        int count = 0;
        for (int i = 1; i < n; i++) {
          count += v[i] < v[i - 1] ? 1 : 0;
        }
        yield count;
      }
      case "deriv" -> n < 2 ? StaleMarker.VALUE : line(samples, samples.getFirst().time())[0];
      case "predict_linear" -> {
        if (n < 2) {
          yield StaleMarker.VALUE;
        }
        double[] line = line(samples, time);
        yield line[0] * parameter + line[1];
      }
      case "irate" -> {
        if (n < 2) {
          yield StaleMarker.VALUE;
        }
        double difference = v[n - 1] < v[n - 2] ? v[n - 1] : v[n - 1] - v[n - 2];
        yield difference / ((samples.get(n - 1).time() - samples.get(n - 2).time()) / 1000.0);
      }
      case "rate" ->
          n < 2 ? StaleMarker.VALUE : extrapolated(samples, end, range, true) / (range / 1000.0);
      case "increase" -> extrapolated(samples, end, range, true);
      case "delta" -> extrapolated(samples, end, range, false);
      default -> throw new IllegalArgumentException(name);
    };
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
    if (constant) {
      return new double[] {0, samples.getFirst().value()};
    }
    double slope = (xy - x * y / n) / (xx - x * x / n);
    return new double[] {slope, y / n - slope * x / n};
  }

  private static double extrapolated(List<Sample> samples, long end, long range, boolean counter) {
    int n = samples.size();
    if (n < 2) {
      return StaleMarker.VALUE;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    double difference = last.value() - first.value();
    for (int i = 1; counter && i < n; i++) {
      if (samples.get(i).value() < samples.get(i - 1).value()) {
        difference += samples.get(i - 1).value();
      }
    }
    double sampled = (last.time() - first.time()) / 1000.0;
    double between = sampled / (n - 1);
    double toStart = (first.time() - (end - range)) / 1000.0;
    double toEnd = (end - last.time()) / 1000.0;
    if (toStart >= between * 1.1) {
      toStart = between / 2;
    }
    if (counter && difference > 0 && first.value() >= 0) {
      toStart = Math.min(toStart, sampled * first.value() / difference);
    }
    if (toEnd >= between * 1.1) {
      toEnd = between / 2;
    }
    return difference * (sampled + toStart + toEnd) / sampled;
  }

  private List<Element> aggregate(AggregateExpr e, long time) {
    Map<Labels, List<Element>> groups = new TreeMap<>();
    for (Element x : vector(e.expr(), time)) {
      Labels group =
          e.without()
              ? x.labels().without(e.grouping()).withoutMetricName()
              : x.labels().keep(e.grouping());
      groups.computeIfAbsent(group, g -> new ArrayList<>()).add(x);
    }
    double parameter = e.param() == null ? 0 : scalar(e.param(), time);
    List<Element> out = new ArrayList<>();
    groups.forEach((labels, members) -> {
      double[] v = members.stream().mapToDouble(Element::value).toArray();
      boolean drop = members.stream().anyMatch(Element::dropName);
      double sum = java.util.Arrays.stream(v).sum();
      double mean = sum / v.length;
      switch (e.op()) {
        case SUM -> out.add(new Element(labels, drop, sum));
        case AVG -> out.add(new Element(labels, drop, mean));
        case COUNT -> out.add(new Element(labels, drop, v.length));
        case GROUP -> out.add(new Element(labels, drop, 1));
        case MIN ->
            out.add(new Element(labels, drop, java.util.Arrays.stream(v).min().orElseThrow()));
        case MAX ->
            out.add(new Element(labels, drop, java.util.Arrays.stream(v).max().orElseThrow()));
        case STDVAR ->
            out.add(
                new Element(
                    labels,
                    drop,
                    java.util.Arrays.stream(v).map(x -> (x - mean) * (x - mean)).sum() / v.length));
        case QUANTILE -> out.add(new Element(labels, drop, Quantiles.of(parameter, v, v.length)));
        case TOPK, BOTTOMK -> {
          Comparator<Element> ascending = Comparator.comparingDouble(Element::value);
          members.sort(e.op() == AggregateOp.TOPK ? ascending.reversed() : ascending);
          out.addAll(members.subList(0, Math.max(0, Math.min(members.size(), (int) parameter))));
        }
        default -> throw new IllegalArgumentException(e.op().symbol());
      }
    });
    return out;
  }

  private List<Element> binary(BinaryExpr e, long time) {
    if (e.lhs().type() == ValueType.SCALAR || e.rhs().type() == ValueType.SCALAR) {
      return withScalar(e, time);
    }
    VectorMatching matching = e.matching();
    List<Element> left = vector(e.lhs(), time);
    List<Element> right = vector(e.rhs(), time);
    if (e.op().isSet()) {
      return set(e.op(), left, right, matching);
    }
    List<Element> out = new ArrayList<>();
    if (left.isEmpty() || right.isEmpty()) {
      return out;
    }
    boolean swapped = matching.cardinality() == VectorMatching.Cardinality.ONE_TO_MANY;
    Map<Labels, Element> one = new HashMap<>();
    for (Element x : swapped ? left : right) {
      if (one.put(signature(matching, x.labels()), x) != null) {
        throw new NoAnswer("many-to-many");
      }
    }
    Map<Labels, Boolean> seen = new HashMap<>();
    for (Element many : swapped ? right : left) {
      Labels signature = signature(matching, many.labels());
      Element other = one.get(signature);
      if (other == null) {
        continue;
      }
      double l = swapped ? other.value() : many.value();
      double r = swapped ? many.value() : other.value();
      boolean comparison = e.op().isComparison();
      boolean keep = !comparison || holds(e.op(), l, r);
      double value = comparison ? l : compute(e.op(), l, r);
      if (e.returnBool()) {
        value = keep ? 1 : 0;
        keep = true;
      }
      Labels labels = comparison ? many.labels() : MetricNames.drop(many.labels());
      if (matching.cardinality() == VectorMatching.Cardinality.ONE_TO_ONE) {
        labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
        if (seen.put(signature, true) != null) {
          throw new NoAnswer("many-to-one must be explicit");
        }
      }
      for (String include : matching.include()) {
        labels = labels.with(include, other.labels().get(include));
      }
      if (keep) {
        out.add(new Element(labels, e.returnBool(), value));
      }
    }
    return out;
  }

  private static Labels signature(VectorMatching matching, Labels labels) {
    return matching.on()
        ? labels.keep(matching.labels())
        : labels.without(matching.labels()).withoutMetricName();
  }

  private static List<Element> set(
      BinaryOp op, List<Element> left, List<Element> right, VectorMatching matching) {
    List<Labels> leftKeys = left.stream().map(x -> signature(matching, x.labels())).toList();
    List<Labels> rightKeys = right.stream().map(x -> signature(matching, x.labels())).toList();
    List<Element> out = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      boolean matched = rightKeys.contains(leftKeys.get(i));
      if (op == BinaryOp.OR || matched == (op == BinaryOp.AND)) {
        out.add(left.get(i));
      }
    }
    for (int i = 0; op == BinaryOp.OR && i < right.size(); i++) {
      if (!leftKeys.contains(rightKeys.get(i))) {
        out.add(right.get(i));
      }
    }
    return out;
  }

  private List<Element> withScalar(BinaryExpr e, long time) {
    boolean scalarIsLeft = e.lhs().type() == ValueType.SCALAR;
    double scalar = scalar(scalarIsLeft ? e.lhs() : e.rhs(), time);
    List<Element> out = new ArrayList<>();
    for (Element x : vector(scalarIsLeft ? e.rhs() : e.lhs(), time)) {
      double l = scalarIsLeft ? scalar : x.value();
      double r = scalarIsLeft ? x.value() : scalar;
      if (!e.op().isComparison()) {
        out.add(new Element(x.labels(), true, compute(e.op(), l, r)));
      } else if (e.returnBool()) {
        out.add(new Element(x.labels(), true, holds(e.op(), l, r) ? 1 : 0));
      } else if (holds(e.op(), l, r)) {
        out.add(x);
      }
    }
    return out;
  }

  private static double compute(BinaryOp op, double l, double r) {
    return switch (op) {
      case ADD -> l + r;
      case SUB -> l - r;
      case MUL -> l * r;
      case DIV -> l / r;
      default -> throw new IllegalArgumentException(op.symbol());
    };
  }

  private static boolean holds(BinaryOp op, double l, double r) {
    return switch (op) {
      case EQUAL -> l == r;
      case NOT_EQUAL -> l != r;
      case GREATER -> l > r;
      case LESS -> l < r;
      case GREATER_OR_EQUAL -> l >= r;
      case LESS_OR_EQUAL -> l <= r;
      default -> throw new IllegalArgumentException(op.symbol());
    };
  }
}
