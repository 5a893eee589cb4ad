package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.BinaryOp;
import dnd.metrics.server.promql.parse.VectorMatching;
import dnd.metrics.server.promql.parse.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and comparison between two instant vectors. Series are matched by signature once; the
 * operator then runs over whole arrays of steps, a pair of series at a time. One side of a match
 * (the right, but for group_right the left) may hold only one sample of a signature at a step.
 */
final class VectorVectorOperator implements SeriesOperator {
  private final QueryContext context;
  private final SeriesOperator left;
  private final SeriesOperator right;
  private final BinaryOp op;
  private final VectorMatching matching;
  private final boolean returnBool;
  private final SampleOperation operation;
  private final int steps;
  private final boolean swapped;
  private final boolean oneToOne;
  private final EarliestFailure failure = new EarliestFailure();
  private @Nullable SeriesList results;

  VectorVectorOperator(
      QueryContext context,
      SeriesOperator left,
      SeriesOperator right,
      BinaryOp op,
      VectorMatching matching,
      boolean returnBool,
      SampleOperation operation,
      int steps) {
    this.context = context;
    this.left = left;
    this.right = right;
    this.op = op;
    this.matching = matching;
    this.returnBool = returnBool;
    this.operation = operation;
    this.steps = steps;
    this.swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    this.oneToOne = matching.cardinality() == Cardinality.ONE_TO_ONE;
  }

  /** Which of two errors at one step is met first. */
  private static final int DUPLICATES = 0;

  private static final int SEVERAL_MATCHES = 1;

  /** A match with its lists and maps. */
  private static final int MATCH_BYTES = 320;

  /** The series of both sides that share a signature. */
  private static final class Match {
    final List<StepSeries> many = new ArrayList<>();
    final List<StepSeries> one = new ArrayList<>();
    final Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
    final Map<Labels, BitSet> matchedByLabels = new HashMap<>();

    /** The steps at which there was a pair. */
    final BitSet matched = new BitSet();
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = new SeriesList(evaluate());
    }
    return results.next();
  }

  private List<StepSeries> evaluate() {
    List<StepSeries> leftSeries = SeriesList.drain(context, left);
    List<StepSeries> rightSeries = SeriesList.drain(context, right);
    List<StepSeries> many = swapped ? rightSeries : leftSeries;
    List<StepSeries> one = swapped ? leftSeries : rightSeries;
    MatchSignature signature = new MatchSignature(context, matching);
    List<Match> matches = new ArrayList<>();
    for (StepSeries series : many) {
      context.checkNowAndThen();
      match(series, signature, matches).many.add(series);
    }
    for (StepSeries series : one) {
      context.checkNowAndThen();
      match(series, signature, matches).one.add(series);
    }
    boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
    BitSet relevant = fills ? allSteps() : stepsWithSamples(many);
    List<StepSeries> all = new ArrayList<>();
    operation.keepLastAnnotations();
    for (Match match : matches) {
      context.checkNowAndThen();
      if (match.one.size() > 1) {
        checkOneSide(match.one, relevant);
      }
    }
    failure.throwIfNothingCanBeEarlier();
    for (Match match : matches) {
      context.check();
      pairAll(match, all);
    }
    failure.throwIfAny();
    Double fillMany = matching.fillLeft();
    for (Match match : matches) {
      context.checkNowAndThen();
      if (fillMany != null) {
        fillManySide(match, fillMany);
        failure.throwIfAny();
      }
      match.byLabels.values().forEach(series -> add(all, series));
    }
    operation.reportLast();
    return steps == 1 && context.delayedNameRemoval
        ? all
        : MergeSameLabels.merge(context, all, steps);
  }

  private Match match(StepSeries series, MatchSignature signature, List<Match> matches) {
    int number = signature.number(series.labeled());
    if (number == matches.size()) {
      matches.add(new Match());
      context.memory.reserve(MATCH_BYTES, 0);
    }
    return matches.get(number);
  }

  private BitSet allSteps() {
    BitSet all = new BitSet(steps);
    all.set(0, steps);
    return all;
  }

  private BitSet stepsWithSamples(List<StepSeries> series) {
    BitSet bits = new BitSet(steps);
    for (StepSeries one : series) {
      for (int i = bits.nextClearBit(0); i < steps; i = bits.nextClearBit(i + 1)) {
        if (one.has(i)) {
          bits.set(i);
        }
      }
      if (bits.cardinality() == steps) {
        break;
      }
    }
    return bits;
  }

  /** Two samples of one signature on the "one" side are an error at steps that matter. */
  private void checkOneSide(List<StepSeries> one, BitSet relevant) {
    for (int i = relevant.nextSetBit(0); i >= 0; i = relevant.nextSetBit(i + 1)) {
      StepSeries first = null;
      for (StepSeries series : one) {
        if (!series.has(i)) {
          continue;
        }
        if (first != null) {
          Labels a = first.labels();
          failure.note(i, DUPLICATES, () -> duplicates(a, series.labels()));
          return;
        }
        first = series;
      }
    }
  }

  private QueryException duplicates(Labels a, Labels b) {
    String first = a.toString();
    String second = b.toString();
    if (first.compareTo(second) > 0) {
      String swap = first;
      first = second;
      second = swap;
    }
    return QueryException.execution(
        "found duplicate series for the match group "
            + matchedLabels(b)
            + " on the "
            + (swapped ? "left" : "right")
            + " hand-side of the operation: ["
            + first
            + ", "
            + second
            + "];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  private Labels matchedLabels(Labels labels) {
    return matching.on()
        ? labels.keep(matching.labels())
        : labels.without(matching.labels()).withoutMetricName();
  }

  /** Pairs what matches; without a partner the sides that fill get the fill value. */
  private void pairAll(Match match, List<StepSeries> all) {
    // With group_right as without it: Prometheus does not swap the fill values with the sides.
    Double fillOne = matching.fillRight();
    if (fillOne == null && matching.fillLeft() == null) {
      if (match.many.isEmpty() || match.one.isEmpty()) {
        return;
      }
      if (match.many.size() == 1 && match.one.size() == 1) {
        add(all, pairInPlace(match.many.getFirst(), match.one.getFirst()));
        return;
      }
    }
    for (StepSeries many : match.many) {
      context.check();
      for (StepSeries one : match.one) {
        pair(many, one, match);
      }
      if (fillOne != null) {
        pair(many, filler(many, match.one, fillOne), match);
      }
    }
  }

  /** Gives the fill value for the "many" side to what found no partner on it. */
  private void fillManySide(Match match, double fillMany) {
    for (StepSeries one : match.one) {
      StepSeries filler = made(one, matchedLabels(one.labels()), false);
      for (int i = match.matched.nextClearBit(0);
          i < steps;
          i = match.matched.nextClearBit(i + 1)) {
        if (one.has(i)) {
          filler.setFloat(i, fillMany);
        }
      }
      pair(filler, one, match);
    }
  }

  private void add(List<StepSeries> all, StepSeries series) {
    if (series.isEmpty(steps)) {
      context.release(series);
    } else {
      all.add(series);
    }
  }

  /** A series of the fill value where {@code many} has a sample and no one of the others has. */
  private StepSeries filler(StepSeries many, List<StepSeries> others, double value) {
    StepSeries filler = made(many, matchedLabels(many.labels()), false);
    BitSet present = stepsWithSamples(others);
    for (int i = present.nextClearBit(0); i < steps; i = present.nextClearBit(i + 1)) {
      if (many.has(i)) {
        filler.setFloat(i, value);
      }
    }
    return filler;
  }

  private StepSeries pairInPlace(StepSeries many, StepSeries one) {
    Labels labels = resultLabels(many.labels(), one.labels());
    StepSeries leftSide = swapped ? one : many;
    StepSeries rightSide = swapped ? many : one;
    operation.apply(leftSide, rightSide, leftSide, many);
    many.relabel(labels, 0);
    context.count(many);
    many.dropName = returnBool;
    return many;
  }

  /** A new series whose labels were made of those of another. */
  private StepSeries made(StepSeries from, Labels labels, boolean dropName) {
    StepSeries series = context.series(from.labeled(), dropName, steps);
    series.relabel(labels, 0);
    context.count(series);
    return series;
  }

  private void pair(StepSeries many, StepSeries one, Match match) {
    Labels labels = resultLabels(many.labels(), one.labels());
    StepSeries leftSide = swapped ? one : many;
    StepSeries rightSide = swapped ? many : one;
    StepSeries out = made(many, labels, returnBool);
    operation.apply(leftSide, rightSide, leftSide, out);
    BitSet sameLabels = match.matchedByLabels.computeIfAbsent(labels, l -> new BitSet(steps));
    for (int i = 0; i < steps; i++) {
      if (many.has(i) && one.has(i) && !operation.failedAt(i)) {
        if (oneToOne && match.matched.get(i)) {
          failMatching(i, "many-to-one matching must be explicit (group_left/group_right)");
        }
        if (!oneToOne && sameLabels.get(i)) {
          failMatching(i, "grouping labels must ensure unique matches");
        }
        sameLabels.set(i);
        match.matched.set(i);
      }
    }
    StepSeries same = match.byLabels.putIfAbsent(labels, out);
    if (same != null) {
      for (int i = 0; i < steps; i++) {
        if (out.has(i)) {
          same.take(i, out);
        }
      }
      context.release(out);
    }
  }

  private void failMatching(int step, String problem) {
    failure.note(
        step,
        SEVERAL_MATCHES,
        () -> QueryException.execution("multiple matches for labels: " + problem));
    failure.throwIfNothingCanBeEarlier();
  }

  private Labels resultLabels(Labels many, Labels one) {
    Labels labels = many;
    if (FloatOperation.changesMetric(op) || (returnBool && !context.delayedNameRemoval)) {
      labels = MetricNames.drop(labels);
    }
    if (oneToOne) {
      labels = matching.on() ? labels.keep(matching.labels()) : labels.without(matching.labels());
    }
    if (!matching.include().isEmpty()) {
      Labels.Builder builder = labels.toBuilder();
      for (String name : matching.include()) {
        builder.set(name, one.get(name));
      }
      labels = builder.build();
    }
    return labels;
  }
}
