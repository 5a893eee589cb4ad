package dnd.metrics.server.block;

import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.StaleMarker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Series of all kinds, out of a seed. */
public final class RandomSeries {
  private static final String[] WORDS = {
    "wizard", "bard", "rogue", "ä", "\ud83d\udc09", "\uffee", "", "with \"quotes\"", "x"
  };

  private final Random random;

  public RandomSeries(long seed) {
    random = new Random(seed);
  }

  /** What series are made of. */
  public enum Kind {
    FLOATS,
    EVERYTHING
  }

  /** Up to {@code count} series with samples from {@code minMillis} to before {@code maxMillis}. */
  public SortedMap<Labels, SampleList> series(
      Kind kind, int count, long minMillis, long maxMillis) {
    TreeMap<Labels, SampleList> all = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      all.put(labels(i), samples(kind, minMillis, maxMillis));
    }
    return all;
  }

  private Labels labels(int i) {
    Labels.Builder labels = Labels.builder().set("__name__", "metric_" + random.nextInt(6));
    for (int label = random.nextInt(4); label > 0; label--) {
      labels.set("label_" + random.nextInt(5), WORDS[random.nextInt(WORDS.length)]);
    }
    return labels.set("instance", "host-" + i % 70).build();
  }

  private SampleList samples(Kind kind, long minMillis, long maxMillis) {
    int size = random.nextInt(10) == 0 ? random.nextInt(2) : random.nextInt(500);
    List<Sample> samples = new ArrayList<>();
    long t = minMillis;
    boolean floats = kind == Kind.FLOATS || random.nextBoolean();
    double value = 0;
    Histogram histogram = firstHistogram();
    long step = Math.max(1, (maxMillis - minMillis) / (size + 1));
    for (int i = 0; i < size; i++) {
      t += random.nextInt(3) == 0 ? 1 + random.nextLong(step) : step;
      if (t >= maxMillis) {
        break;
      }
      if (kind == Kind.EVERYTHING && random.nextInt(60) == 0) {
        floats = !floats;
      }
      if (floats) {
        value =
            switch (random.nextInt(12)) {
              case 0 -> random.nextGaussian();
              case 1 -> StaleMarker.VALUE;
              case 2 -> Double.NEGATIVE_INFINITY;
              case 3 -> Double.longBitsToDouble(random.nextLong());
              case 4, 5, 6 -> value;
              default -> random.nextInt(100);
            };
        samples.add(new Sample(t, value, null));
      } else {
        histogram = nextHistogram(histogram);
        samples.add(new Sample(t, 0, histogram));
      }
    }
    return new SampleList(samples);
  }

  private Histogram firstHistogram() {
    Histogram.Builder first =
        Histogram.builder()
            .counterResetHint(
                random.nextInt(4) == 0 ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN);
    if (random.nextInt(3) == 0) {
      return first
          .schema(Histogram.CUSTOM_BUCKETS_SCHEMA)
          .customValues(new double[] {0.005, 0.1, 1, 2.5, 1e9, Math.PI * 1e6})
          .build();
    }
    return first
        .schema(random.nextInt(13) - 4)
        .zeroThreshold(random.nextBoolean() ? 0.001 : 0x1p-128)
        .build();
  }

  private Histogram nextHistogram(Histogram before) {
    if (before.isStaleMarker()) {
      return nextHistogram(firstHistogram());
    }
    if (random.nextInt(40) == 0) {
      return Histogram.builder().sum(StaleMarker.VALUE).build();
    }
    double part = random.nextInt(5) == 0 ? random.nextDouble() : 1;
    Histogram.Builder next = before.toBuilder();
    boolean custom = before.hasCustomBuckets();
    Buckets positive =
        random.nextInt(30) == 0 ? Buckets.none() : more(before.positive(), custom ? 7 : 40, part);
    Buckets negative = custom ? Buckets.none() : more(before.negative(), 5, part);
    double zero = custom ? 0 : before.zeroCount() + random.nextInt(2);
    return next.positive(positive)
        .negative(negative)
        .zeroCount(zero)
        .count(zero + total(positive) + total(negative))
        .sum(before.sum() + random.nextInt(1000) / 8.0)
        .build();
  }

  private static double total(Buckets buckets) {
    double total = 0;
    for (int i = 0; i < buckets.size(); i++) {
      total += buckets.count(i);
    }
    return total;
  }

  private Buckets more(Buckets before, int range, double by) {
    TreeMap<Integer, Double> counts = new TreeMap<>();
    for (int i = 0; i < before.size(); i++) {
      counts.put(before.index(i), before.count(i));
    }
    for (int n = random.nextInt(4); n > 0; n--) {
      counts.merge(random.nextInt(range), by, Double::sum);
    }
    return Buckets.of(
        counts.keySet().stream().mapToInt(i -> i).toArray(),
        counts.values().stream().mapToDouble(d -> d).toArray());
  }
}
