package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunningHistogramTest {
  @Test
  void bucketsEndAtPowersOfTheirBase() {
    assertThat(BucketWindow.indexOf(1, 3)).isZero();
    assertThat(BucketWindow.indexOf(Math.nextUp(1.0), 3)).isEqualTo(1);
    assertThat(BucketWindow.indexOf(2, 3)).isEqualTo(8);
    assertThat(BucketWindow.indexOf(Math.nextUp(2.0), 3)).isEqualTo(9);
    assertThat(BucketWindow.indexOf(0.5, 3)).isEqualTo(-8);
    assertThat(BucketWindow.indexOf(1, 0)).isZero();
    assertThat(BucketWindow.indexOf(3, 0)).isEqualTo(2);
    assertThat(BucketWindow.indexOf(4, 0)).isEqualTo(2);
    assertThat(BucketWindow.indexOf(4, -1)).isEqualTo(1);
    assertThat(BucketWindow.indexOf(4.5, -1)).isEqualTo(2);
    assertThat(BucketWindow.indexOf(Double.MAX_VALUE, 0)).isEqualTo(1024);
    assertThat(BucketWindow.indexOf(Double.MIN_VALUE, 0)).isEqualTo(-1074);
    assertThat(BucketWindow.indexOf(Double.MIN_VALUE, 3)).isEqualTo(-1074 * 8);
  }

  @Test
  void halvingTheResolutionIsWhatCountingWithItWouldHaveGiven() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
      if (Double.isFinite(value) && value > 0) {
        for (int schema = 8; schema > -4; schema--) {
          assertThat(BucketWindow.indexOf(value, schema - 1))
              .isEqualTo((BucketWindow.indexOf(value, schema) + 1) >> 1);
        }
      }
    }
  }

  @Test
  void countsExactlyAtWhateverResolutionFits() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      double spread = random.nextDouble() * 40;
      RunningHistogram running = new RunningHistogram();
      List<Double> values = new ArrayList<>();
      for (int n = random.nextInt(400); n >= 0; n--) {
        double value = Math.exp(random.nextGaussian() * spread) * (random.nextInt(4) == 0 ? -1 : 1);
        if (random.nextInt(20) == 0) {
          value = 0;
        }
        if (Double.isFinite(value)) {
          values.add(value);
          running.observe(values.size(), value);
        }
      }
      OpenSample newest = running.newest();
      if (values.isEmpty()) {
        assertThat(newest).isNull();
        continue;
      }
      assertThat(newest.timeMillis()).isEqualTo(values.size());
      Histogram h = newest.histogram();
      assertThat(h.count()).isEqualTo(values.size());
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      assertThat(h.sum()).isEqualTo(sum);
      TreeMap<Integer, Double> positive = new TreeMap<>();
      TreeMap<Integer, Double> negative = new TreeMap<>();
      double zero = 0;
      for (double value : values) {
        if (Math.abs(value) <= RunningHistogram.ZERO_THRESHOLD) {
          zero++;
        } else {
          (value > 0 ? positive : negative)
              .merge(BucketWindow.indexOf(Math.abs(value), h.schema()), 1.0, Double::sum);
        }
      }
      assertThat(h.zeroCount()).as("seed %d", seed).isEqualTo(zero);
      assertThat(asMap(h.positive())).as("seed %d", seed).isEqualTo(positive);
      assertThat(asMap(h.negative())).as("seed %d", seed).isEqualTo(negative);
      int span = span(positive) + span(negative);
      assertThat(span <= RunningHistogram.MAX_BUCKETS || h.schema() == Histogram.MIN_SCHEMA)
          .as("seed %d: %d buckets at schema %d", seed, span, h.schema())
          .isTrue();
    }
  }

  private static int span(SortedMap<Integer, Double> counts) {
    return counts.isEmpty() ? 0 : counts.lastKey() - counts.firstKey() + 1;
  }

  private static Map<Integer, Double> asMap(Buckets buckets) {
    TreeMap<Integer, Double> map = new TreeMap<>();
    for (int i = 0; i < buckets.size(); i++) {
      map.put(buckets.index(i), buckets.count(i));
    }
    return map;
  }
}
