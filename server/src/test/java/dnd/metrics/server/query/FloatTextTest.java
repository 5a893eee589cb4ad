package dnd.metrics.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatTextTest {
  private final FloatText text = new FloatText();
  private final byte[] out = new byte[2 * FloatText.MAX_BYTES];

  private String format(double value) {
    int end = text.write(value, out, 3);
    return new String(out, 3, end - 3, StandardCharsets.US_ASCII);
  }

  /** The right column is what Go's strconv.FormatFloat gives in the API's two formats. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "-1, -1",
    "1.5, 1.5",
    "0.1, 0.1",
    "-0.25, -0.25",
    "1e6, 1000000",
    "1e15, 1000000000000000",
    "-1e15, -1000000000000000",
    "123456789012345680, 123456789012345680",
    "1e20, 100000000000000000000",
    "999999999999999900000, 999999999999999900000",
    "1e21, 1e+21",
    "1.5e21, 1.5e+21",
    "1e100, 1e+100",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "0.000001, 0.000001",
    "0.0000012345678901234567, 0.0000012345678901234567",
    "9.9e-7, 9.9e-07",
    "1e-7, 1e-07",
    "2.5e-10, 2.5e-10",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "4.9e-324, 5e-324",
    "9.9e-324, 1e-323",
    "5.9e-323, 6e-323",
    "2e23, 2e+23",
    "9007199254740993, 9007199254740992",
    "0.30000000000000004, 0.30000000000000004",
    "49.733333333333334, 49.733333333333334",
    "1435781451.781, 1435781451.781",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf",
  })
  void writesWhatGoWrites(double value, String expected) {
    assertThat(format(value)).isEqualTo(expected);
  }

  @Test
  void agreesWithTheShortestDecimalOfTheJdkOnRandomBits() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      double value =
          i % 2 == 0
              ? Double.longBitsToDouble(random.nextLong())
              : random.nextInt(1_000_000) / (double) (1 + random.nextInt(1000));
      if (!Double.isFinite(value) || Math.abs(value) < 1e-300) {
        continue; // the JDK wants two digits at least, which shows in the smallest numbers only
      }
      String written = format(value);
      assertThat(Double.parseDouble(written)).as("seed %d: %s", seed, value).isEqualTo(value);
      BigDecimal expected = new BigDecimal(Double.toString(value)).stripTrailingZeros();
      assertThat(new BigDecimal(written).compareTo(expected))
          .as("seed %d: %s for %s", seed, written, value)
          .isZero();
    }
  }

  @Test
  void theSmallestNumbersReadBack() {
    for (long bits = 1; bits < 5000; bits++) {
      double value = Double.longBitsToDouble(bits);
      assertThat(Double.parseDouble(format(value))).isEqualTo(value);
    }
  }
}
