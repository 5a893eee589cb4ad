package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketIndexTest {
  private static final MathContext EXACT = new MathContext(60);

  @ParameterizedTest
  @ValueSource(ints = {3, 2, 1, 0, -1, -4})
  void agreesWithTheDefinition(int schema) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      double value = Math.scalb(1 + random.nextDouble(), random.nextInt(1100) - 127);
      assertThat(BucketIndex.of(value, schema))
          .as("%s of schema %d, seed %d", value, schema, seed)
          .isEqualTo(byDefinition(value, schema));
    }
  }

  /** 2^((i-1) / 2^s) < v <= 2^(i / 2^s), by exact powers: v^(2^s) against 2^i. */
  private static int byDefinition(double value, int schema) {
    BigDecimal power = new BigDecimal(value);
    for (int s = 0; s < schema; s++) {
      power = power.multiply(power, EXACT);
    }
    BigDecimal two = BigDecimal.valueOf(2);
    int guess = (int) Math.floor(Math.log(value) / Math.log(2) * (1 << Math.max(schema, 0))) - 2;
    int exponent = guess;
    while (power.compareTo(two.pow(exponent, EXACT)) > 0) {
      exponent++;
    }
    return schema >= 0 ? exponent : Math.floorDiv(exponent + (1 << -schema) - 1, 1 << -schema);
  }

  @Test
  void powersOfTwoAreUpperBounds() {
    for (int exponent = -127; exponent <= 1023; exponent++) {
      double power = Math.scalb(1.0, exponent);
      assertThat(BucketIndex.of(power, 3)).isEqualTo(8 * exponent);
      assertThat(BucketIndex.of(Math.nextUp(power), 3)).isEqualTo(8 * exponent + 1);
    }
    assertThat(BucketIndex.of(Double.MAX_VALUE, 3)).isEqualTo(8192);
  }
}
