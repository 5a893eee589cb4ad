package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import dnd.metrics.server.model.Series;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.model.StaleMarker;
import dnd.metrics.server.promql.exec.ReferenceSamples.Sample;
import dnd.metrics.server.promql.parse.AggregateExpr;
import dnd.metrics.server.promql.parse.AtModifier;
import dnd.metrics.server.promql.parse.BinaryExpr;
import dnd.metrics.server.promql.parse.Call;
import dnd.metrics.server.promql.parse.Expr;
import dnd.metrics.server.promql.parse.MatrixSelector;
import dnd.metrics.server.promql.parse.NumberLiteral;
import dnd.metrics.server.promql.parse.ParenExpr;
import dnd.metrics.server.promql.parse.StringLiteral;
import dnd.metrics.server.promql.parse.Subquery;
import dnd.metrics.server.promql.parse.UnaryExpr;
import dnd.metrics.server.promql.parse.ValueType;
import dnd.metrics.server.promql.parse.VectorSelector;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates PromQL a step at a time, straight from the definitions, with no thought for speed: what
 * the engine's answers are held against. Names are kept until the end, as with delayed name
 * removal. Here are expressions, selectors and scalars; functions of samples, calls, aggregations
 * and operators have files of their own.
 */
final class ReferenceEvaluator {
  /** The query has no answer. */
  static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String reason) {
      super(reason);
    }
  }

  /** The definitions leave open what the answer is, or rounding may decide. */
  static final class Unjudged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unjudged(String reason) {
      super(reason);
    }
  }

  /**
   * Whether {@code a} is less.
   *
   * @throws Unjudged where rounding may decide
   */
  static boolean isLess(double a, double b) {
    boolean near = Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
    if (a != b && (near || Math.abs(a - b) < 1e-9)) {
      throw new Unjudged("values that but rounding tells apart");
    }
    return a < b;
  }

  /** A value whose whole part rounding does not decide. */
  static double judgedWhole(double value) {
    double away = Math.abs(value - Math.rint(value));
    if (away != 0 && away < 1e-9 * Math.max(1, Math.abs(value))) {
      throw new Unjudged("a whole number but for rounding");
    }
    return value;
  }

  /** A sample with its labels; the name goes at the end where {@code dropName}. */
  record Element(
      Labels labels, boolean dropName, double value, @Nullable ReferenceHistogram histogram) {
    static Element of(Labels labels, boolean dropName, Sample sample) {
      return new Element(labels, dropName, sample.value(), sample.histogram());
    }

    boolean isFloat() {
      return histogram == null;
    }

    Element with(double newValue) {
      return new Element(labels, true, newValue, null);
    }
  }

  /** The samples of a series in a range. */
  record RangeElement(Labels labels, boolean dropName, ReferenceSamples samples) {}

  static final long LOOKBACK = 300_000;
  static final long SUBQUERY_STEP = 60_000;

  private final SeriesSource source;
  private final long startMillis;
  private final long endMillis;
  private final long stepMillis;
  private final ReferenceCalls calls = new ReferenceCalls(this);

  /**
   * @param startMillis when the range of the query as a whole begins
   */
  ReferenceEvaluator(SeriesSource source, long startMillis, long endMillis, long stepMillis) {
    this.source = source;
    this.stepMillis = stepMillis;
    this.startMillis = startMillis;
    this.endMillis = endMillis;
  }

  /** The vector at one time, without the names that are to go. */
  Map<Labels, Element> at(Expr expr, long time) {
    Map<Labels, Element> result = new TreeMap<>();
    List<Element> elements =
        expr.type() == ValueType.SCALAR
            ? List.of(new Element(Labels.empty(), false, scalar(expr, time), null))
            : vector(expr, time);
    for (Element element : elements) {
      Labels labels = element.dropName() ? MetricNames.drop(element.labels()) : element.labels();
      if (result.put(labels, element) != null) {
        throw new NoAnswer("same labels " + labels);
      }
    }
    return result;
  }

  double scalar(Expr expr, long time) {
    return switch (expr) {
      case NumberLiteral e -> e.value();
      case ParenExpr e -> scalar(e.expr(), time);
      case UnaryExpr e -> e.negative() ? -scalar(e.expr(), time) : scalar(e.expr(), time);
      case BinaryExpr e -> {
        double l = scalar(e.lhs(), time);
        double r = scalar(e.rhs(), time);
        yield e.op().isComparison()
            ? (ReferenceBinary.holds(e.op(), l, r) ? 1 : 0)
            : ReferenceBinary.compute(e.op(), l, r);
      }
      case Call e -> scalarCall(e, time);
      default -> throw new IllegalArgumentException("scalar " + expr);
    };
  }

  private double scalarCall(Call e, long time) {
    return switch (e.function().name()) {
      case "time" -> time / 1000.0;
      case "pi" -> Math.PI;
      case "start" -> startMillis / 1000.0;
      case "end" -> endMillis / 1000.0;
      case "step" -> stepMillis / 1000.0;
      case "range" -> (endMillis - startMillis) / 1000.0;
      case "scalar" -> {
        List<Element> floats =
            vector(e.args().getFirst(), time).stream().filter(Element::isFloat).toList();
        yield floats.size() == 1 ? floats.getFirst().value() : Double.NaN;
      }
      case "max_of" -> Math.max(scalar(e.args().get(0), time), scalar(e.args().get(1), time));
      case "min_of" -> Math.min(scalar(e.args().get(0), time), scalar(e.args().get(1), time));
      default -> throw new IllegalArgumentException("scalar " + e.function().name());
    };
  }

  static String text(Expr expr) {
    return ((StringLiteral) expr).value();
  }

  List<Element> vector(Expr expr, long time) {
    return switch (expr) {
      case ParenExpr e -> vector(e.expr(), time);
      case VectorSelector e -> select(e, time, false);
      case UnaryExpr e -> {
        List<Element> out = new ArrayList<>();
        for (Element x : vector(e.expr(), time)) {
          ReferenceHistogram h = x.histogram();
          out.add(
              e.negative()
                  ? new Element(x.labels(), true, -x.value(), h == null ? null : h.times(-1))
                  : x);
        }
        yield out;
      }
      case AggregateExpr e -> ReferenceAggregation.of(this, e, time);
      case BinaryExpr e -> ReferenceBinary.of(this, e, time);
      case Call e -> calls.of(e, time);
      default -> throw new IllegalArgumentException("vector " + expr);
    };
  }

  private long lookup(@Nullable AtModifier at, long offset, long time) {
    long base =
        switch (at) {
          case null -> time;
          case AtModifier.Time pinned -> pinned.millis();
          case AtModifier.Edge edge -> edge == AtModifier.Edge.START ? startMillis : endMillis;
        };
    return base - offset;
  }

  /** All samples of a series, stale markers too, by time. */
  private static List<Sample> read(Series series, long from, long to) {
    List<Sample> all = new ArrayList<>();
    SampleReader reader = series.read(from, to);
    SampleBatch batch = new SampleBatch();
    while (reader.next(batch)) {
      for (int i = 0; i < batch.size; i++) {
        Histogram h = batch.histograms == null ? null : batch.histograms[i];
        boolean stale = h != null && h.isStaleMarker();
        all.add(
            new Sample(
                batch.timestamps[i],
                stale ? StaleMarker.VALUE : batch.values[i],
                h == null || stale ? null : ReferenceHistogram.of(h)));
      }
    }
    return all;
  }

  /**
   * @param times whether the values are the times of the samples
   */
  List<Element> select(VectorSelector e, long time, boolean times) {
    if (e.mode() != RangeMode.PLAIN) {
      throw new Unjudged("a smoothed instant selector");
    }
    long t = lookup(e.at(), e.offsetMillis(), time);
    List<Element> out = new ArrayList<>();
    for (Series series : source.select(e.matchers(), t - LOOKBACK + 1, t)) {
      List<Sample> samples = read(series, t - LOOKBACK + 1, t);
      if (!samples.isEmpty() && !StaleMarker.is(samples.getLast().value())) {
        Sample last = samples.getLast();
        out.add(
            times
                ? new Element(series.labels(), true, last.time() / 1000.0, null)
                : Element.of(series.labels(), false, last));
      }
    }
    return out;
  }

  /** The newest samples of the series that matchers find, with their times as values. */
  List<Element> newest(List<Matcher> matchers, long time) {
    List<Element> out = new ArrayList<>();
    for (Series series : source.select(matchers, time - LOOKBACK + 1, time)) {
      List<Sample> samples = read(series, time - LOOKBACK + 1, time);
      if (!samples.isEmpty() && !StaleMarker.is(samples.getLast().value())) {
        out.add(new Element(series.labels(), false, samples.getLast().time(), null));
      }
    }
    return out;
  }

  List<RangeElement> range(Expr expr, long time) {
    List<RangeElement> out = new ArrayList<>();
    if (expr instanceof MatrixSelector e) {
      VectorSelector s = e.selector();
      long end = lookup(s.at(), s.offsetMillis(), time);
      long from = end - e.rangeMillis() + 1 - (s.mode() == RangeMode.PLAIN ? 0 : LOOKBACK);
      long to = end + (s.mode() == RangeMode.SMOOTHED ? LOOKBACK : 0);
      for (Series series : source.select(s.matchers(), from, to)) {
        List<Sample> samples = new ArrayList<>(read(series, from, to));
        samples.removeIf(sample -> sample.isFloat() && StaleMarker.is(sample.value()));
        out.add(
            new RangeElement(
                series.labels(),
                false,
                new ReferenceSamples(samples, end, e.rangeMillis(), s.mode(), time)));
      }
      return out;
    }
    Subquery e = (Subquery) expr;
    long end = lookup(e.at(), e.offsetMillis(), time);
    long start = end - e.rangeMillis();
    long step = e.stepMillis() == 0 ? SUBQUERY_STEP : e.stepMillis();
    Map<Labels, RangeElement> byLabels = new TreeMap<>();
    for (long t = Math.floorDiv(start, step) * step; t <= end; t += step) {
      if (t > start) {
        List<Element> elements =
            e.expr().type() == ValueType.SCALAR
                ? List.of(new Element(Labels.empty(), false, scalar(e.expr(), t), null))
                : vector(e.expr(), t);
        for (Element x : elements) {
          byLabels
              .computeIfAbsent(
                  x.labels(),
                  l ->
                      new RangeElement(
                          l,
                          x.dropName(),
                          new ReferenceSamples(
                              new ArrayList<>(), end, e.rangeMillis(), RangeMode.PLAIN, time)))
              .samples()
              .samples()
              .add(new Sample(t, x.value(), forgetReset(x.histogram())));
        }
      }
    }
    byLabels
        .values()
        .forEach(r -> r.samples().samples().sort(Comparator.comparingLong(Sample::time)));
    return new ArrayList<>(byLabels.values());
  }

  private static @Nullable ReferenceHistogram forgetReset(@Nullable ReferenceHistogram h) {
    return h == null ? null : h.withoutResetHint();
  }
}
