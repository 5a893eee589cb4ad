package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.ReferenceEvaluator.Element;
import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AggregateOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Aggregations of one vector, group by group. */
final class ReferenceAggregation {
  private ReferenceAggregation() {}

  static List<Element> of(ReferenceEvaluator evaluator, AggregateExpr e, long time) {
    Map<Labels, List<Element>> groups = new TreeMap<>();
    for (Element x : evaluator.vector(e.expr(), time)) {
      Labels group =
          e.without()
              ? x.labels().without(e.grouping()).withoutMetricName()
              : x.labels().keep(e.grouping());
      groups.computeIfAbsent(group, g -> new ArrayList<>()).add(x);
    }
    List<Element> out = new ArrayList<>();
    if (e.op() == AggregateOp.COUNT_VALUES) {
      return countValues(e, evaluator.vector(e.expr(), time));
    }
    double parameter = e.param() == null ? 0 : evaluator.scalar(e.param(), time);
    groups.forEach((labels, members) -> {
      boolean drop = members.stream().anyMatch(Element::dropName);
      switch (e.op()) {
        case SUM, AVG -> {
          Element sum = sum(labels, drop, members, e.op() == AggregateOp.AVG);
          if (sum != null) {
            out.add(sum);
          }
        }
        case COUNT -> out.add(new Element(labels, drop, members.size(), null));
        case GROUP -> out.add(new Element(labels, drop, 1, null));
        case TOPK, BOTTOMK -> {
          List<Element> floats =
              new ArrayList<>(members.stream().filter(Element::isFloat).toList());
          Comparator<Element> ascending = Comparator.comparingDouble(Element::value);
          floats.sort(e.op() == AggregateOp.TOPK ? ascending.reversed() : ascending);
          floats.sort(Comparator.comparing((Element x) -> Double.isNaN(x.value())));
          out.addAll(floats.subList(0, first(floats.size(), parameter)));
        }
        case LIMITK -> out.addAll(members.subList(0, first(members.size(), parameter)));
        case LIMIT_RATIO -> {
          if (Math.abs(parameter) >= 1) {
            out.addAll(members);
          } else if (parameter != 0) {
            throw new ReferenceEvaluator.Unjudged("which series are in a ratio");
          }
        }
        default -> {
          double[] v =
              members.stream().filter(Element::isFloat).mapToDouble(Element::value).toArray();
          if (v.length > 0) {
            out.add(new Element(labels, drop, overFloats(e.op(), parameter, v), null));
          }
        }
      }
    });
    return out;
  }

  private static int first(int size, double parameter) {
    if (Double.isNaN(parameter)) {
      throw new ReferenceEvaluator.NoAnswer("parameter NaN");
    }
    return (int) Math.max(0, Math.min(size, parameter));
  }

  private static @Nullable Element sum(
      Labels labels, boolean drop, List<Element> members, boolean average) {
    double n = members.size();
    boolean allFloats = members.stream().allMatch(Element::isFloat);
    if (allFloats) {
      double sum = members.stream().mapToDouble(Element::value).sum();
      return new Element(labels, drop, average ? sum / n : sum, null);
    }
    if (members.stream().anyMatch(Element::isFloat)) {
      return null;
    }
    ReferenceHistogram sum = null;
    for (Element member : members) {
      if (sum != null && !sum.goesWith(member.histogram())) {
        return null;
      }
      sum = sum == null ? member.histogram() : sum.plus(member.histogram(), 1);
    }
    return new Element(labels, drop, 0, average ? sum.times(1 / n) : sum);
  }

  private static double overFloats(AggregateOp op, double parameter, double[] v) {
    double mean = Arrays.stream(v).sum() / v.length;
    double variance =
        op == AggregateOp.STDVAR || op == AggregateOp.STDDEV
            ? ReferenceSamples.variance(v, mean)
            : 0;
    return switch (op) {
      case MIN -> ReferenceSamples.extreme(v, false);
      case MAX -> ReferenceSamples.extreme(v, true);
      case STDVAR -> variance;
      case STDDEV -> Math.sqrt(variance);
      case QUANTILE -> ReferenceSamples.quantile(parameter, v);
      default -> throw new IllegalArgumentException(op.symbol());
    };
  }

  private static List<Element> countValues(AggregateExpr e, List<Element> vector) {
    String label = ReferenceEvaluator.text(e.param());
    Map<Labels, Integer> counts = new TreeMap<>();
    for (Element x : vector) {
      if (!x.isFloat()) {
        throw new ReferenceEvaluator.Unjudged("how histograms are written");
      }
      Labels with = x.labels().with(label, GoNumbers.plain(x.value()));
      List<String> names = new ArrayList<>(e.grouping());
      names.add(label);
      Labels group =
          e.without() ? with.without(e.grouping()).withoutMetricName() : with.keep(names);
      counts.merge(group, 1, Integer::sum);
    }
    List<Element> out = new ArrayList<>();
    counts.forEach((labels, n) -> out.add(new Element(labels, false, n, null)));
    return out;
  }
}
