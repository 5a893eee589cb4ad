package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import java.util.Random;

/**
 * Makes the series that {@link RandomPromql} asks for: counters with resets, gauges, native
 * histograms with exponential and with custom buckets, series that hold both kinds of samples,
 * classic histograms and info metrics; all with gaps and stale markers.
 */
final class RandomQuerySource {
  private static final long LENGTH_MILLIS = 1_500_000;

  private final Random random;
  private final ArraySource source = new ArraySource();

  private RandomQuerySource(Random random) {
    this.random = random;
  }

  static ArraySource make(Random random) {
    RandomQuerySource maker = new RandomQuerySource(random);
    for (String name : new String[] {"x_total", "y_total", "g"}) {
      for (int series = random.nextInt(4); series >= 0; series--) {
        maker.floats(maker.labels(name), !name.equals("g"));
      }
    }
    for (int series = random.nextInt(3); series >= 0; series--) {
      maker.histograms(maker.labels("h"), false, false);
      maker.histograms(maker.labels("hc"), true, false);
      maker.histograms(maker.labels("m"), random.nextBoolean(), true);
    }
    maker.classic(maker.labels("c_bucket"));
    maker.classic(maker.labels("c_bucket"));
    maker.infos();
    return maker.source;
  }

  private Labels labels(String name) {
    return Labels.of("__name__", name, "a", "" + random.nextInt(3), "b", "" + random.nextInt(3));
  }

  /** When the next sample comes: mostly soon, at times after a gap. */
  private long next(long time) {
    return time + 1 + random.nextInt(random.nextInt(8) == 0 ? 400_000 : 30_000);
  }

  private boolean isStale() {
    return random.nextInt(30) == 0;
  }

  private void floats(Labels labels, boolean counter) {
    double value = random.nextInt(10);
    for (long t = random.nextInt(300_000); t < LENGTH_MILLIS; t = next(t)) {
      source.add(labels, t, isStale() ? StaleMarker.VALUE : value);
      if (counter) {
        value = random.nextInt(12) == 0 ? random.nextInt(3) : value + random.nextInt(4);
      } else {
        value = random.nextInt(60) - 20 + (random.nextBoolean() ? 0.5 : 0);
      }
    }
  }

  private static final double[][] BOUNDS = {{1, 2, 5}, {1, 5, 10}, {2}};

  private void histograms(Labels labels, boolean custom, boolean mixed) {
    Histogram now = first(custom);
    for (long t = random.nextInt(300_000); t < LENGTH_MILLIS; t = next(t)) {
      if (isStale() || (mixed && random.nextInt(4) == 0)) {
        source.add(labels, t, mixed && random.nextBoolean() ? 7.0 : StaleMarker.VALUE);
      } else {
        source.add(labels, t, new ArraySource.Sample(0, now));
      }
      now = random.nextInt(10) == 0 ? first(custom) : grown(now);
    }
  }

  private Histogram first(boolean custom) {
    double[] positive = new double[custom ? 0 : 1 + random.nextInt(5)];
    Histogram.Builder builder = Histogram.builder();
    double count = 0;
    if (custom) {
      double[] bounds = BOUNDS[random.nextInt(BOUNDS.length)];
      positive = new double[bounds.length + 1];
      builder.schema(Histogram.CUSTOM_BUCKETS_SCHEMA).customValues(bounds);
    } else {
      double zeros = random.nextInt(3);
      double[] negative = new double[random.nextInt(3)];
      for (int i = 0; i < negative.length; i++) {
        negative[i] = 1 + random.nextInt(4);
        count += negative[i];
      }
      count += zeros;
      builder
          .schema(random.nextInt(3))
          .zeroThreshold(random.nextInt(4) == 0 ? 0.5 : 0.001)
          .zeroCount(zeros)
          .negative(Buckets.contiguous(random.nextInt(2), negative));
    }
    for (int i = 0; i < positive.length; i++) {
      positive[i] = 1 + random.nextInt(5);
      count += positive[i];
    }
    return builder
        .positive(Buckets.contiguous(custom ? 0 : random.nextInt(3), positive))
        .count(count)
        .sum(count * 1.5)
        .counterResetHint(
            random.nextInt(6) == 0 ? CounterResetHint.RESET : CounterResetHint.UNKNOWN)
        .build();
  }

  /** After some more observations. */
  private Histogram grown(Histogram h) {
    double[] counts = new double[h.positive().size()];
    int[] indexes = new int[counts.length];
    double more = 0;
    for (int i = 0; i < counts.length; i++) {
      int observations = random.nextInt(3);
      more += observations;
      indexes[i] = h.positive().index(i);
      counts[i] = h.positive().count(i) + observations;
    }
    return h.toBuilder()
        .positive(Buckets.of(indexes, counts))
        .count(h.count() + more)
        .sum(h.sum() + 2 * more)
        .counterResetHint(CounterResetHint.UNKNOWN)
        .build();
  }

  private void classic(Labels labels) {
    String[] bounds = {"0.5", "1", "4", "+Inf"};
    double[] counts = new double[bounds.length];
    for (long t = random.nextInt(300_000); t < LENGTH_MILLIS; t = next(t)) {
      double all = 0;
      for (int i = 0; i < bounds.length; i++) {
        all += random.nextInt(3);
        counts[i] += all;
        source.add(labels.with("le", bounds[i]), t, counts[i]);
      }
    }
  }

  private void infos() {
    for (String instance : new String[] {"i", "j"}) {
      Labels w = Labels.of("__name__", "w", "instance", instance, "job", "s");
      floats(w.with("a", "1"), false);
      floats(w.with("a", "2"), true);
      for (String version : new String[] {"1", "2"}) {
        Labels info = Labels.of("__name__", "target_info", "instance", instance, "job", "s");
        for (long t = random.nextInt(300_000); t < LENGTH_MILLIS; t = next(t)) {
          source.add(info.with("version", version), t, isStale() ? StaleMarker.VALUE : 1);
        }
      }
    }
  }
}
