package dnd.metrics.server.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.model.Labels;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** What windows lost is, to the last bit, what adding the values before resets in order gives. */
class CounterResetsTest {
  private static final double[] RARE = {
    0.0,
    -0.0,
    0.1,
    0x1p53,
    -0x1p53,
    0x1p62,
    0x1p63,
    1e300,
    -1e300,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE
  };

  private final CounterResets resets = new CounterResets();
  private final RangeSamples samples = new RangeSamples();

  private void check(Random random, DoubleSupplier values) {
    int size = random.nextInt(700);
    samples.reset(Labels.empty(), false);
    for (int k = 0; k < size; k++) {
      samples.addFloat(k, values.getAsDouble(), 0);
    }
    resets.find(samples, false);
    for (int n = 0; n < 20 && size > 0; n++) {
      int from = random.nextInt(size);
      int to = from + 1 + random.nextInt(size - from);
      double difference = samples.floatValues[to - 1] - samples.floatValues[from];
      double expected = difference;
      for (int k = from + 1; k < to; k++) {
        if (samples.floatValues[k] < samples.floatValues[k - 1]) {
          expected += samples.floatValues[k - 1];
        }
      }
      double actual = resets.addLost(difference, from, to);
      assertThat(Double.doubleToLongBits(actual))
          .as("from %d to %d of %d: %s, not %s", from, to, size, actual, expected)
          .isEqualTo(Double.doubleToLongBits(expected));
    }
  }

  @Test
  void sumsAreThoseInOrder() {
    Random random = new Random(7);
    for (int turn = 0; turn < 300; turn++) {
      check(random, () -> random.nextInt(101));
      check(random, () -> random.nextInt(5) - 2);
      check(random, () -> random.nextInt(101) / 10.0);
      check(random, () -> random.nextInt(4) * 0x1p50 + random.nextInt(3));
      check(random, () -> random.nextInt(200) == 0 ? 0.3 : random.nextInt(1000));
      check(random, () -> random.nextInt(3) == 0 ? RARE[random.nextInt(RARE.length)] : 1);
      check(random, () -> random.nextInt(2) == 0 ? -0.0 : random.nextInt(3) - 1);
    }
  }
}
