package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.NativeHistogram;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The buckets against a map of counts, on random observations. */
class NativeBucketsTest {
  /** The same, as simply as it can be said. */
  private static final class Model {
    final SortedMap<Integer, Double> positive = new TreeMap<>();
    final SortedMap<Integer, Double> negative = new TreeMap<>();
    int schema = 3;
    double zeros;
    double count;

    void observe(double value) {
      count++;
      if (Math.abs(value) <= 0x1p-128) {
        zeros++;
        return;
      }
      (value > 0 ? positive : negative)
          .merge(BucketIndex.of(Math.abs(value), schema), 1.0, Double::sum);
      while (width(positive) + width(negative) > 160 && schema > -4) {
        schema--;
        halve(positive);
        halve(negative);
      }
    }

    private static int width(SortedMap<Integer, Double> side) {
      return side.isEmpty() ? 0 : side.lastKey() - side.firstKey() + 1;
    }

    private static void halve(SortedMap<Integer, Double> side) {
      TreeMap<Integer, Double> halved = new TreeMap<>();
      side.forEach((index, n) -> halved.merge((index + 1) >> 1, n, Double::sum));
      side.clear();
      side.putAll(halved);
    }
  }

  @Test
  void agreesWithTheModel() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      NativeBuckets buckets = new NativeBuckets();
      NativeBuckets[] stripes = {new NativeBuckets(), new NativeBuckets(), new NativeBuckets()};
      Model model = new Model();
      int spread = 1 + random.nextInt(run % 3 == 0 ? 900 : 30);
      for (int i = 0; i < 300; i++) {
        double value = value(random, spread);
        model.observe(value);
        buckets.observe(value);
        stripes[random.nextInt(stripes.length)].observe(value);
      }
      check(seed, buckets.toEvent(), model);

      NativeBuckets total = new NativeBuckets();
      for (NativeBuckets stripe : stripes) {
        total.addAll(stripe);
      }
      check(seed, total.toEvent(), model);
    }
  }

  private static double value(Random random, int spread) {
    return switch (random.nextInt(20)) {
      case 0 -> 0;
      case 1 -> -0.0;
      case 2 -> -Math.scalb(1 + random.nextDouble(), random.nextInt(spread) - spread / 8);
      default -> Math.scalb(1 + random.nextDouble(), random.nextInt(spread) - spread / 8);
    };
  }

  private static void check(long seed, NativeHistogram found, Model model) {
    assertThat(found.schema()).as("seed %d", seed).isEqualTo(model.schema);
    assertThat(found.positive()).as("seed %d", seed).isEqualTo(model.positive);
    assertThat(found.negative()).as("seed %d", seed).isEqualTo(model.negative);
    assertThat(found.zeroCount()).isEqualTo(model.zeros);
    assertThat(found.count()).isEqualTo(model.count);
  }
}
