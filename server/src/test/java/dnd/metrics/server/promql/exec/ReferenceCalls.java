package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.Element;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.NoAnswer;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.RangeElement;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.Unjudged;
import dnd.metrics.server.promql.exec.ReferenceSamples.Sample;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorSelector;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calls of functions that return vectors. */
final class ReferenceCalls {
  private final ReferenceEvaluator evaluator;

  ReferenceCalls(ReferenceEvaluator evaluator) {
    this.evaluator = evaluator;
  }

  List<Element> of(Call e, long time) {
    String name = e.function().name();
    List<Expr> args = e.args();
    DoubleUnaryOperator function = ofFloat(name);
    if (function != null) {
      return floats(argument(e, time), function);
    }
    ToDoubleFunction<LocalDateTime> calendar = ofTime(name);
    if (calendar != null) {
      List<Element> of =
          args.isEmpty()
              ? List.of(new Element(Labels.empty(), false, Math.floorDiv(time, 1000), null))
              : argument(e, time);
      return floats(
          of,
          v -> {
            if (!(Math.abs(v) < 1e10)) {
              throw new Unjudged("a time out of all calendars");
            }
            long seconds = (long) ReferenceEvaluator.judgedWhole(v);
            return calendar.applyAsDouble(
                LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC));
          });
    }
    ToDoubleFunction<ReferenceHistogram> statistic = ofHistogram(name);
    if (statistic != null) {
      List<Element> out = new ArrayList<>();
      for (Element x : argument(e, time)) {
        if (!x.isFloat()) {
          out.add(x.with(statistic.applyAsDouble(x.histogram())));
        }
      }
      return out;
    }
    return switch (name) {
      case "vector" ->
          List.of(
              new Element(Labels.empty(), false, evaluator.scalar(args.getFirst(), time), null));
      case "absent" ->
          argument(e, time).isEmpty()
              ? List.of(new Element(absentLabels(args.getFirst()), false, 1, null))
              : List.of();
      case "absent_over_time" ->
          evaluator.range(args.getFirst(), time).stream()
                  .allMatch(r -> r.samples().samples().isEmpty())
              ? List.of(new Element(absentLabels(args.getFirst()), false, 1, null))
              : List.of();
      case "timestamp" ->
          args.getFirst() instanceof VectorSelector s
              ? evaluator.select(s, time, true)
              : argument(e, time).stream().map(x -> x.with(time / 1000.0)).toList();
      case "clamp" -> clamp(e, time, scalar(e, 1, time), scalar(e, 2, time));
      case "clamp_min" -> clamp(e, time, scalar(e, 1, time), Double.POSITIVE_INFINITY);
      case "clamp_max" -> clamp(e, time, Double.NEGATIVE_INFINITY, scalar(e, 1, time));
      case "round" -> {
        double to = args.size() == 1 ? 1 : scalar(e, 1, time);
        double inverse = 1 / to;
        yield floats(
            argument(e, time),
            v -> Math.floor(ReferenceEvaluator.judgedWhole(v * inverse + 0.5)) / inverse);
      }
      case "sort", "sort_desc" -> argument(e, time).stream().filter(Element::isFloat).toList();
      case "sort_by_label", "sort_by_label_desc" -> argument(e, time);
      case "label_replace" -> labelReplace(e, time);
      case "label_join" -> labelJoin(e, time);
      case "histogram_quantile" ->
          quantiles(evaluator.vector(args.get(1), time), "", List.of(scalar(e, 0, time)));
      case "histogram_quantiles" -> {
        List<Double> wanted = new ArrayList<>();
        for (int i = 2; i < args.size(); i++) {
          wanted.add(scalar(e, i, time));
        }
        yield quantiles(argument(e, time), ReferenceEvaluator.text(args.get(1)), wanted);
      }
      case "histogram_fraction" -> {
        double from = scalar(e, 0, time);
        double to = scalar(e, 1, time);
        List<Element> out = new ArrayList<>();
        for (Element x : evaluator.vector(args.get(2), time)) {
          if (x.isFloat()) {
            throw new Unjudged("fractions of classic histograms");
          }
          out.add(x.with(x.histogram().fraction(from, to)));
        }
        yield distinct(out);
      }
      case "info" -> info(argument(e, time), time);
      default -> overRange(e, time);
    };
  }

  private List<Element> argument(Call e, long time) {
    return evaluator.vector(e.args().getFirst(), time);
  }

  private double scalar(Call e, int i, long time) {
    return evaluator.scalar(e.args().get(i), time);
  }

  private static List<Element> floats(List<Element> vector, DoubleUnaryOperator function) {
    List<Element> out = new ArrayList<>();
    for (Element x : vector) {
      if (x.isFloat()) {
        out.add(x.with(function.applyAsDouble(x.value())));
      }
    }
    return out;
  }

  private List<Element> clamp(Call e, long time, double min, double max) {
    List<Element> vector = argument(e, time);
    return max < min ? List.of() : floats(vector, v -> larger(min, -larger(-max, -v)));
  }

  /** NaN where one is, but nothing is larger than infinity. */
  private static double larger(double a, double b) {
    return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(a, b);
  }

  private static @Nullable DoubleUnaryOperator ofFloat(String name) {
    return switch (name) {
      case "abs" -> Math::abs;
      case "ceil" -> v -> Math.ceil(ReferenceEvaluator.judgedWhole(v));
      case "floor" -> v -> Math.floor(ReferenceEvaluator.judgedWhole(v));
      case "exp" -> Math::exp;
      case "sqrt" -> Math::sqrt;
      case "ln" -> Math::log;
      case "log2" -> v -> Math.log(v) / Math.log(2);
      case "log10" -> Math::log10;
      case "sgn" -> v -> v > 0 ? 1 : v < 0 ? -1 : v;
      case "sin" -> Math::sin;
      case "cos" -> Math::cos;
      case "tan" -> Math::tan;
      case "asin" -> Math::asin;
      case "acos" -> Math::acos;
      case "atan" -> Math::atan;
      case "sinh" -> Math::sinh;
      case "cosh" -> Math::cosh;
      case "tanh" -> Math::tanh;
      case "asinh" -> v -> Math.copySign(Math.log(Math.abs(v) + Math.sqrt(v * v + 1)), v);
      case "acosh" -> v -> v < 1 ? Double.NaN : Math.log(v + Math.sqrt(v * v - 1));
      case "atanh" -> v -> Math.log((1 + v) / (1 - v)) / 2;
      case "deg" -> v -> v * 180 / Math.PI;
      case "rad" -> v -> v * Math.PI / 180;
      default -> null;
    };
  }

  private static @Nullable ToDoubleFunction<LocalDateTime> ofTime(String name) {
    return switch (name) {
      case "minute" -> LocalDateTime::getMinute;
      case "hour" -> LocalDateTime::getHour;
      case "day_of_week" -> t -> t.getDayOfWeek().getValue() % 7;
      case "day_of_month" -> LocalDateTime::getDayOfMonth;
      case "day_of_year" -> LocalDateTime::getDayOfYear;
      case "days_in_month" -> t -> t.toLocalDate().lengthOfMonth();
      case "month" -> LocalDateTime::getMonthValue;
      case "year" -> LocalDateTime::getYear;
      default -> null;
    };
  }

  private static @Nullable ToDoubleFunction<ReferenceHistogram> ofHistogram(String name) {
    return switch (name) {
      case "histogram_count" -> h -> h.count;
      case "histogram_sum" -> h -> h.sum;
      case "histogram_avg" -> h -> h.sum / h.count;
      case "histogram_stdvar" -> ReferenceHistogram::variance;
      case "histogram_stddev" -> h -> Math.sqrt(h.variance());
      default -> null;
    };
  }

  private static Labels absentLabels(Expr expr) {
    return switch (expr) {
      case VectorSelector s -> AbsentOperator.labels(s.matchers());
      case MatrixSelector m -> AbsentOperator.labels(m.selector().matchers());
      default -> Labels.empty();
    };
  }

  private List<Element> overRange(Call e, long time) {
    String name = e.function().name();
    Expr matrix =
        e.args().stream().filter(a -> a.type() == ValueType.MATRIX).findFirst().orElseThrow();
    double[] parameters =
        e.args().stream()
            .filter(a -> a.type() == ValueType.SCALAR)
            .mapToDouble(a -> evaluator.scalar(a, time))
            .toArray();
    List<Element> out = new ArrayList<>();
    for (RangeElement x : evaluator.range(matrix, time)) {
      Sample value = x.samples().apply(name, parameters);
      if (value != null) {
        boolean keeps = name.equals("last_over_time") || name.equals("first_over_time");
        out.add(Element.of(x.labels(), !keeps || x.dropName(), value));
      }
    }
    return out;
  }

  private static List<Element> distinct(List<Element> vector) {
    Set<Labels> seen = new HashSet<>();
    for (Element x : vector) {
      if (!seen.add(x.labels())) {
        throw new NoAnswer("same labels " + x.labels());
      }
    }
    return vector;
  }

  private List<Element> labelReplace(Call e, long time) {
    String target = ReferenceEvaluator.text(e.args().get(1));
    String replacement = ReferenceEvaluator.text(e.args().get(2));
    String from = ReferenceEvaluator.text(e.args().get(3));
    Pattern pattern = Pattern.compile(ReferenceEvaluator.text(e.args().get(4)));
    List<Element> out = new ArrayList<>();
    for (Element x : argument(e, time)) {
      var matcher = pattern.matcher(x.labels().get(from));
      if (!matcher.matches()) {
        out.add(x);
        continue;
      }
      MatchResult groups = matcher.toMatchResult();
      String value =
          Pattern.compile("\\$(\\d)")
              .matcher(replacement)
              .replaceAll(m -> {
                int group = Integer.parseInt(m.group(1));
                String text = group <= groups.groupCount() ? groups.group(group) : "";
                return java.util.regex.Matcher.quoteReplacement(text);
              });
      boolean drop = x.dropName() && !target.equals(Labels.METRIC_NAME);
      out.add(new Element(x.labels().with(target, value), drop, x.value(), x.histogram()));
    }
    return distinct(out);
  }

  private List<Element> labelJoin(Call e, long time) {
    String target = ReferenceEvaluator.text(e.args().get(1));
    String separator = ReferenceEvaluator.text(e.args().get(2));
    List<Element> out = new ArrayList<>();
    for (Element x : argument(e, time)) {
      List<String> values =
          e.args().subList(3, e.args().size()).stream()
              .map(a -> x.labels().get(ReferenceEvaluator.text(a)))
              .toList();
      boolean drop = x.dropName() && !target.equals(Labels.METRIC_NAME);
      Labels labels = x.labels().with(target, String.join(separator, values));
      out.add(new Element(labels, drop, x.value(), x.histogram()));
    }
    return distinct(out);
  }

  private static List<Element> quantiles(List<Element> vector, String label, List<Double> wanted) {
    Map<Labels, TreeMap<Double, Double>> classic = new TreeMap<>();
    Map<Labels, ReferenceHistogram> natives = new TreeMap<>();
    for (Element x : vector) {
      if (!x.isFloat()) {
        natives.put(x.labels(), x.histogram());
        continue;
      }
      String bound = x.labels().get("le");
      if (!bound.isEmpty()) {
        double upper = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
        classic
            .computeIfAbsent(x.labels().without(List.of("le")), l -> new TreeMap<>())
            .merge(upper, x.value(), Double::sum);
      }
    }
    Set<Labels> both = new HashSet<>(natives.keySet());
    both.retainAll(classic.keySet());
    natives.keySet().removeAll(both);
    classic.keySet().removeAll(both);
    List<Element> out = new ArrayList<>();
    for (double q : wanted) {
      Map<Labels, Double> values = new HashMap<>();
      natives.forEach((labels, h) -> values.put(labels, h.quantile(q)));
      classic.forEach((labels, buckets) -> values.put(labels, quantile(q, buckets)));
      values.forEach((labels, value) -> {
        Labels with = label.isEmpty() ? labels : labels.with(label, GoNumbers.openMetrics(q));
        out.add(new Element(with, true, value, null));
      });
    }
    return distinct(out);
  }

  /** Of cumulative counts by upper bound. */
  private static double quantile(double q, NavigableMap<Double, Double> buckets) {
    if (q < 0 || q > 1) {
      return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (Double.isNaN(q)
        || buckets.lastKey() != Double.POSITIVE_INFINITY
        || buckets.size() < 2
        || buckets.values().stream().mapToDouble(v -> v).max().orElseThrow() == 0) {
      return Double.NaN;
    }
    double highest = Double.NEGATIVE_INFINITY;
    for (Map.Entry<Double, Double> e : buckets.entrySet()) {
      if (!Double.isFinite(e.getValue())) {
        throw new Unjudged("buckets that count no number");
      }
      highest = Math.max(highest, e.getValue());
      e.setValue(highest); // counts that fall are taken for rounding errors
    }
    double rank = q * highest;
    double lower = 0;
    double below = 0;
    for (Map.Entry<Double, Double> e : buckets.entrySet()) {
      if (e.getValue() >= rank) {
        if (e.getKey() == Double.POSITIVE_INFINITY) {
          return buckets.lowerKey(e.getKey());
        }
        if (e.getKey().equals(buckets.firstKey()) && e.getKey() <= 0) {
          return e.getKey();
        }
        return lower + (e.getKey() - lower) * (rank - below) / (e.getValue() - below);
      }
      lower = e.getKey();
      below = e.getValue();
    }
    throw new Unjudged("no bucket");
  }

  /** With the labels of {@code target_info}. */
  private List<Element> info(List<Element> vector, long time) {
    if (vector.stream().anyMatch(x -> x.labels().metricName().equals("target_info"))) {
      throw new Unjudged("info of an info metric");
    }
    List<String> identity = List.of("instance", "job");
    List<Element> infos =
        evaluator.newest(List.of(new Matcher(Matcher.Type.EQUAL, "__name__", "target_info")), time);
    List<Element> out = new ArrayList<>();
    for (Element x : vector) {
      Element newest = null;
      for (Element info : infos) {
        if (!info.labels().keep(identity).equals(x.labels().keep(identity))
            || x.labels().keep(identity).isEmpty()) {
          continue;
        }
        if (newest != null && newest.value() == info.value()) {
          throw new NoAnswer("two info metrics");
        }
        newest = newest == null || info.value() > newest.value() ? info : newest;
      }
      Labels labels = x.labels();
      if (newest != null) {
        for (Map.Entry<String, String> e : newest.labels().withoutMetricName().toMap().entrySet()) {
          labels = labels.has(e.getKey()) ? labels : labels.with(e.getKey(), e.getValue());
        }
      }
      out.add(new Element(labels, x.dropName(), x.value(), x.histogram()));
    }
    return distinct(out);
  }
}
