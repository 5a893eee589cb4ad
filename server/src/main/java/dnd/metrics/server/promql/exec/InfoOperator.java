package dnd.metrics.server.promql.exec;

import com.google.re2j.Pattern;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.promql.parse.VectorSelector.RangeMode;
import dnd.metrics.server.promql.plan.Lookup;
import dnd.metrics.server.promql.plan.Plan;
import dnd.metrics.server.promql.plan.RangePlan;
import dnd.metrics.server.promql.plan.SelectPlan;
import dnd.metrics.server.promql.plan.Selection;
import dnd.metrics.server.promql.plan.StepGrid;
import dnd.metrics.server.promql.plan.SubqueryPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code info}: gives each series the labels of the info metrics (such as {@code target_info}) that
 * have the same {@code instance} and {@code job}, at every step those that are there then. Of
 * several series of one info metric the newest sample counts.
 */
final class InfoOperator implements SeriesOperator {
  private static final List<String> IDENTIFYING = List.of("instance", "job");

  private final QueryContext context;
  private final SeriesOperator base;
  private final InfoMatchers matchers;
  private final Lookup lookup;
  private final StepGrid grid;
  private @Nullable SeriesList results;

  /**
   * @param basePlan the plan of {@code base}, whose first selector says at which times info metrics
   *     are looked at
   */
  InfoOperator(
      QueryContext context,
      SeriesOperator base,
      Plan basePlan,
      List<Matcher> matchers,
      StepGrid grid) {
    this.context = context;
    this.base = base;
    this.matchers = InfoMatchers.of(matchers);
    Lookup found = firstLookup(basePlan);
    this.lookup = found == null ? new Lookup(null, 0) : found;
    this.grid = grid;
  }

  /** The times of the first selector in a plan, moved by the subqueries around it. */
  private static @Nullable Lookup firstLookup(Plan plan) {
    return switch (plan) {
      case SelectPlan p -> p.selection().lookup();
      case RangePlan p -> p.selection().lookup();
      default -> {
        for (Plan child : plan.children()) {
          Lookup inner = firstLookup(child);
          if (inner != null) {
            yield moved(inner, plan);
          }
        }
        yield null;
      }
    };
  }

  private static Lookup moved(Lookup inner, Plan around) {
    return around instanceof SubqueryPlan p && !inner.isPinned()
        ? new Lookup(p.lookup().atMillis(), inner.offsetMillis() + p.lookup().offsetMillis())
        : inner;
  }

  @Override
  public @Nullable StepSeries next() {
    if (results == null) {
      results = new SeriesList(evaluate());
    }
    return results.next();
  }

  private List<StepSeries> evaluate() {
    List<StepSeries> series = SeriesList.drain(context, base);
    Map<Labels, Map<String, List<StepSeries>>> infos = infosByIdentity(series);
    checkForDuplicates(series, infos);
    Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
    for (StepSeries one : series) {
      context.check();
      if (matchers.isInfo(one.labels())) {
        for (int i = 0; i < grid.count(); i++) {
          put(one, i, one.labels(), byLabels);
        }
      } else {
        enrich(one, infos.getOrDefault(one.labels().keep(IDENTIFYING), Map.of()), byLabels);
      }
      context.release(one);
    }
    return List.copyOf(byLabels.values());
  }

  /**
   * Two samples of one info metric that are equally new are an error wherever there is anything to
   * enrich, also of an identity that nothing has.
   */
  private void checkForDuplicates(
      List<StepSeries> series, Map<Labels, Map<String, List<StepSeries>>> infos) {
    List<List<StepSeries>> several =
        infos.values().stream()
            .flatMap(byName -> byName.values().stream())
            .filter(candidates -> candidates.size() > 1)
            .toList();
    for (int i = 0; i < grid.count() && !several.isEmpty(); i++) {
      context.check();
      int step = i;
      if (series.stream().anyMatch(one -> one.has(step))) {
        several.forEach(candidates -> newest(candidates, step));
      }
    }
  }

  /** The info series by their identifying labels and by name, with the times of their samples. */
  private Map<Labels, Map<String, List<StepSeries>>> infosByIdentity(List<StepSeries> series) {
    List<Matcher> selecting = new ArrayList<>(matchers.names());
    selecting.addAll(matchers.labels());
    boolean anyIdentity = false;
    for (String label : IDENTIFYING) {
      Set<String> values =
          series.stream()
              .filter(s -> !matchers.isInfo(s.labels()))
              .map(s -> s.labels().get(label))
              .filter(value -> !value.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
      if (!values.isEmpty()) {
        anyIdentity = true;
        String any = values.stream().map(Pattern::quote).collect(Collectors.joining("|"));
        selecting.add(new Matcher(Matcher.Type.REGEX, label, any));
      }
    }
    Map<Labels, Map<String, List<StepSeries>>> infos = new HashMap<>();
    if (!anyIdentity) {
      return infos;
    }
    StepGrid times = lookup.times(grid);
    Selection selection =
        new Selection(
            selecting,
            lookup,
            RangeMode.PLAIN,
            false,
            times.startMillis() - context.lookbackMillis + 1,
            times.endMillis());
    SeriesOperator select =
        new InstantSelect(context, selection, times, InstantSelect.Take.INFO_TIMESTAMP);
    for (StepSeries info : SeriesList.drain(context, select)) {
      infos
          .computeIfAbsent(info.labels().keep(IDENTIFYING), identity -> new TreeMap<>())
          .computeIfAbsent(info.labels().metricName(), name -> new ArrayList<>())
          .add(info);
    }
    return infos;
  }

  private void enrich(
      StepSeries series, Map<String, List<StepSeries>> infos, Map<Labels, StepSeries> byLabels) {
    List<StepSeries> lastFound = List.of();
    Labels lastLabels = null;
    for (int i = 0; i < grid.count(); i++) {
      if (!series.has(i)) {
        continue;
      }
      List<StepSeries> found = new ArrayList<>(infos.size());
      for (List<StepSeries> candidates : infos.values()) {
        StepSeries newest = newest(candidates, i);
        if (newest != null) {
          found.add(newest);
        }
      }
      if (found.isEmpty() && !matchers.acceptsNoInfo()) {
        continue;
      }
      if (lastLabels == null || !found.equals(lastFound)) {
        lastLabels = withInfo(series.labels(), found);
        lastFound = found;
      }
      put(series, i, lastLabels, byLabels);
    }
  }

  private static @Nullable StepSeries newest(List<StepSeries> candidates, int step) {
    StepSeries newest = null;
    for (StepSeries candidate : candidates) {
      if (!candidate.hasFloat(step)) {
        continue;
      }
      if (newest != null && candidate.values[step] == newest.values[step]) {
        throw QueryException.execution(
            "found duplicate series for info metric: existing "
                + named(newest, step)
                + ", new "
                + named(candidate, step));
      }
      if (newest == null || candidate.values[step] > newest.values[step]) {
        newest = candidate;
      }
    }
    return newest;
  }

  private static String named(StepSeries info, int step) {
    return info.labels() + " @ " + Math.round(info.values[step]);
  }

  private Labels withInfo(Labels series, List<StepSeries> infos) {
    Set<String> wanted = matchers.wantedLabels();
    Map<String, String> added = new TreeMap<>();
    for (StepSeries info : infos) {
      info.labels()
          .forEach((name, value) -> {
            if (name.equals(Labels.METRIC_NAME) || (!wanted.isEmpty() && !wanted.contains(name))) {
              return;
            }
            String other = added.get(name);
            if (other != null && !other.equals(value)) {
              throw QueryException.execution("conflicting label: " + name);
            }
            if (!series.has(name)) {
              added.put(name, value);
            }
          });
    }
    if (added.isEmpty()) {
      return series;
    }
    Labels.Builder builder = series.toBuilder();
    added.forEach(builder::set);
    return builder.build();
  }

  private void put(StepSeries from, int step, Labels labels, Map<Labels, StepSeries> byLabels) {
    if (!from.has(step)) {
      return;
    }
    StepSeries into =
        byLabels.computeIfAbsent(
            labels,
            l -> {
              StepSeries made = context.series(from.labels(), from.dropName, grid.count());
              made.relabel(l, 0);
              context.count(made);
              return made;
            });
    if (into.has(step)) {
      throw QueryException.execution("vector cannot contain metrics with the same labelset");
    }
    into.take(step, from);
  }
}
