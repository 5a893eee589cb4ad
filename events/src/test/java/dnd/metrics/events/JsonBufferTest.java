package dnd.metrics.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonBufferTest {
  private static JsonNode read(JsonBuffer buffer) {
    return JsonMapper.shared().readTree(buffer.toByteArray());
  }

  @Test
  void writesAnyTextSoThatItComesBack() {
    long seed = 5;
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      String found = read(new JsonBuffer(1).string(text.toString())).stringValue();
      assertThat(found).as("seed %d", seed).isEqualTo(text.toString());
    }
  }

  @Test
  void writesNumbersSoThatTheyComeBack() {
    long seed = 6;
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      long whole = random.nextLong() >> random.nextInt(64);
      if (Double.isFinite(value)) {
        assertThat(read(new JsonBuffer(1).number(value)).doubleValue())
            .as("seed %d", seed)
            .isEqualTo(value);
      }
      assertThat(read(new JsonBuffer(1).number(whole)).longValue()).isEqualTo(whole);
    }
    assertThat(
            new String(
                new JsonBuffer(1).number(Long.MIN_VALUE).toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo("-9223372036854775808");
    assertThat(read(new JsonBuffer(1).number(Double.NaN)).stringValue()).isEqualTo("NaN");
    assertThat(read(new JsonBuffer(1).number(-0.0)).doubleValue()).isEqualTo(-0.0);
  }
}
