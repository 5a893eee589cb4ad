package dnd.metrics.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumberTest {
  private final JsonNumber number = new JsonNumber();

  private int read(String text) {
    byte[] bytes = ("::" + text + ",").getBytes(StandardCharsets.UTF_8);
    return number.read(bytes, 2, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "1",
        "-1",
        "0.1",
        "9007199254740993",
        "123456789012345",
        "1e23",
        "1E-7",
        "0.000000000000001",
        "1.7976931348623157e308",
        "4.9e-324",
        "2.2250738585072011e-308",
        "179769313486231580793728971405301e275",
        "0.00000000000000000000001",
        "123456789012345678901"
      })
  void readsWhatParseDoubleReads(String text) {
    assertThat(read(text)).isEqualTo(2 + text.length());
    assertThat(Double.doubleToRawLongBits(number.value()))
        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "01", "-01", ".5", "+1", "1.", "1e", "1e+", "x", "1e999", "\"1\""})
  void refusesWhatIsNoJsonNumber(String text) {
    assertThat(read(text)).isEqualTo(-1);
  }

  @Test
  void readsRandomNumbersExactly() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      String text =
          switch (random.nextInt(4)) {
            case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
            case 1 -> random.nextInt(1_000_000) + "." + random.nextInt(1_000_000_000);
            case 2 -> Long.toString(random.nextLong());
            default -> Double.toString(random.nextGaussian());
          };
      if (text.contains("N") || text.contains("I")) {
        continue;
      }
      assertThat(read(text)).as("seed %d: %s", seed, text).isEqualTo(2 + text.length());
      assertThat(number.value()).as("seed %d: %s", seed, text).isEqualTo(Double.parseDouble(text));
    }
  }
}
