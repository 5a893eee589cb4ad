package dnd.metrics.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the ten dashboard queries must answer, worked out from the load itself by PromQL's
 * definitions, one query at a time and with no regard to speed.
 */
final class ExpectedAnswers {
  private static final int USER = 0;
  private static final int SYSTEM = 1;
  private static final String MAXIMUM_KEY = Answer.key("cpu_usage_user", null, null, null);
  private static final long LOOKBACK_MILLIS = 300_000;

  private final DevopsLoad load;
  private final long fromMillis;
  private final long toMillis;

  ExpectedAnswers(DevopsLoad load, long fromMillis, long toMillis) {
    this.load = load;
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
  }

  /**
   * Says how {@code actual} differs from what {@code query} must answer, or null where it does not.
   */
  @Nullable String difference(DashboardQuery query, Answer actual) {
    if (query.expression().startsWith("topk")) {
      return differenceOfTop(query, actual);
    }
    if (query.expression().contains("max_over_time") && actual.series().size() == 1) {
      // Whether a function's result still has its name where it is grouped by depends on delayed
      // name removal.
      return answer(query)
          .difference(new Answer(Map.of(MAXIMUM_KEY, actual.series().values().iterator().next())));
    }
    return answer(query).difference(actual);
  }

  private @Nullable String differenceOfTop(DashboardQuery query, Answer actual) {
    Map<Long, List<Double>> found = actual.valuesByTime();
    for (long t : times(query)) {
      List<Double> all = new ArrayList<>();
      for (DevopsLoad.Host host : load.hosts()) {
        all.add(averageOver(USER, host.number(), t, 300_000));
      }
      all.sort((a, b) -> Double.compare(b, a));
      List<Double> top = found.getOrDefault(t, List.of());
      for (int i = 0; i < 5; i++) {
        if (top.size() != 5 || !Answer.close(all.get(i), top.get(i))) {
          return "at %d: %s expected, %s found".formatted(t, all.subList(0, 5), top);
        }
      }
    }
    return null;
  }

  Answer answer(DashboardQuery query) {
    int number = DashboardQuery.ALL.indexOf(query);
    Answer answer = Answer.empty();
    for (long t : times(query)) {
      switch (number) {
        case 0 ->
            answer.put(
                Answer.key("cpu_usage_user", "host_3", region(3), team(3)), t, at(USER, 3, t));
        case 1 -> groups(answer, t, this::region, host -> at(USER, host, t), true);
        case 2 -> answer.put(MAXIMUM_KEY, t, maximumOver(USER, 3, t, 60_000));
        case 3 -> eachHost(answer, t, null, host -> averageOver(USER, host, t, 300_000));
        case 4 -> {
          for (int m = 0; m < DevopsLoad.METRICS.size(); m++) {
            int metric = m;
            eachHost(answer, t, DevopsLoad.METRICS.get(m), host -> at(metric, host, t));
          }
        }
        case 5 -> groups(answer, t, this::region, host -> rate(USER, host, t, 300_000), true);
        case 7 -> {
          for (DevopsLoad.Host host : load.hosts()) {
            double value = at(USER, host.number(), t);
            if (value > 90) {
              answer.put(
                  Answer.key(
                      "cpu_usage_user", host.tag("hostname"), host.tag("region"), host.tag("team")),
                  t,
                  value);
            }
          }
        }
        case 8 -> eachHost(answer, t, null, host -> at(USER, host, t) + at(SYSTEM, host, t));
        case 9 -> groups(answer, t, this::team, host -> at(USER, host, t), false);
        default ->
            throw new IllegalArgumentException("no answer is known for " + query.expression());
      }
    }
    return answer;
  }

  private List<Long> times(DashboardQuery query) {
    if (query.stepSeconds() == 0) {
      return List.of(toMillis);
    }
    List<Long> times = new ArrayList<>();
    for (long t = fromMillis; t <= toMillis; t += query.stepSeconds() * 1000L) {
      times.add(t);
    }
    return times;
  }

  private String region(int host) {
    return load.hosts().get(host).tag("region");
  }

  private String team(int host) {
    return load.hosts().get(host).tag("team");
  }

  private void eachHost(Answer answer, long t, @Nullable String name, IntToDoubleFunction value) {
    for (DevopsLoad.Host host : load.hosts()) {
      double v = value.applyAsDouble(host.number());
      if (!Double.isNaN(v)) {
        answer.put(Answer.key(name, host.tag("hostname"), null, null), t, v);
      }
    }
  }

  private interface Group {
    String of(int host);
  }

  /**
   * Groups the hosts and puts each group's sum, or its quantile 0.9, leaving out hosts that have no
   * value.
   */
  private void groups(Answer answer, long t, Group group, IntToDoubleFunction value, boolean sum) {
    Map<String, List<Double>> groups = new HashMap<>();
    for (DevopsLoad.Host host : load.hosts()) {
      double v = value.applyAsDouble(host.number());
      if (!Double.isNaN(v)) {
        groups.computeIfAbsent(group.of(host.number()), g -> new ArrayList<>()).add(v);
      }
    }
    ToDoubleFunction<List<Double>> aggregate =
        sum
            ? list -> list.stream().mapToDouble(Double::doubleValue).sum()
            : list -> quantile(0.9, list);
    groups.forEach((name, values) ->
        answer.put(
            sum ? Answer.key(null, null, name, null) : Answer.key(null, null, null, name),
            t,
            aggregate.applyAsDouble(values)));
  }

  private static double quantile(double q, List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double rank = q * (sorted.length - 1);
    int lower = (int) Math.floor(rank);
    int upper = Math.min(lower + 1, sorted.length - 1);
    return sorted[lower] * (1 - (rank - lower)) + sorted[upper] * (rank - lower);
  }

  /** The newest sample at or before {@code t} and not older than the lookback, or NaN. */
  private double at(int metric, int host, long t) {
    int sample =
        (int)
            Math.min(
                load.samples() - 1, Math.floorDiv(t - load.timeMillis(0), DevopsLoad.STEP_MILLIS));
    return sample < 0 || load.timeMillis(sample) <= t - LOOKBACK_MILLIS
        ? Double.NaN
        : load.value(metric, host, sample);
  }

  /**
   * The numbers of the samples in the window that ends at {@code t} and leaves its left end out.
   */
  private int[] window(long t, long rangeMillis) {
    int[] samples = new int[load.samples()];
    int n = 0;
    for (int s = 0; s < load.samples(); s++) {
      if (load.timeMillis(s) > t - rangeMillis && load.timeMillis(s) <= t) {
        samples[n++] = s;
      }
    }
    return Arrays.copyOf(samples, n);
  }

  private double averageOver(int metric, int host, long t, long rangeMillis) {
    return Arrays.stream(window(t, rangeMillis))
        .mapToDouble(s -> load.value(metric, host, s))
        .average()
        .orElse(Double.NaN);
  }

  private double maximumOver(int metric, int host, long t, long rangeMillis) {
    return Arrays.stream(window(t, rangeMillis))
        .mapToDouble(s -> load.value(metric, host, s))
        .max()
        .orElse(Double.NaN);
  }

  /** The extrapolated rate, as PromQL defines it. */
  private double rate(int metric, int host, long t, long rangeMillis) {
    int[] samples = window(t, rangeMillis);
    if (samples.length < 2) {
      return Double.NaN;
    }
    double increase =
        load.value(metric, host, samples[samples.length - 1])
            - load.value(metric, host, samples[0]);
    for (int i = 1; i < samples.length; i++) {
      double before = load.value(metric, host, samples[i - 1]);
      if (load.value(metric, host, samples[i]) < before) {
        increase += before;
      }
    }
    double first = load.timeMillis(samples[0]) / 1000.0;
    double last = load.timeMillis(samples[samples.length - 1]) / 1000.0;
    double toStart = first - (t - rangeMillis) / 1000.0;
    double toEnd = t / 1000.0 - last;
    double sampled = last - first;
    double between = sampled / (samples.length - 1);
    if (toStart >= between * 1.1) {
      toStart = between / 2;
    }
    double value = load.value(metric, host, samples[0]);
    if (increase > 0 && value >= 0) {
      toStart = Math.min(toStart, sampled * (value / increase));
    }
    if (toEnd >= between * 1.1) {
      toEnd = between / 2;
    }
    return increase * ((sampled + toStart + toEnd) / sampled) / (rangeMillis / 1000.0);
  }
}
