package dnd.metrics.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-24T10:00:00Z, 1795514400000",
    "2026-11-24t10:00:00z, 1795514400000",
    "2026-11-24 10:00:00+00:00, 1795514400000",
    "2026-11-24T12:30:00.5+02:30, 1795514400500",
    "2026-11-24T09:59:59.9999999-00:00, 1795514399999",
    "2026-11-24T09:59:60Z, 1795514400000",
    "1970-01-01T00:00:00Z, 0",
    "1969-12-31T23:59:59.999Z, -1",
    "2024-02-29T00:00:00Z, 1709164800000",
    "1795514400, 1795514400000",
    "1795514400.25, 1795514400250",
    "1795514400.123, 1795514400123",
    "-1, -1000"
  })
  void reads(String text, long millis) {
    assertThat(Timestamps.parse(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-11-24",
        "2026-11-24T10:00:00",
        "2026-11-24T10:00Z",
        "2026-13-24T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:60:00Z",
        "2026-11-24T10:00:61Z",
        "2026-11-24T10:00:00.Z",
        "2026-11-24T10:00:00+0100",
        "2026-11-24T10:00:00+24:00",
        "2026-11-24T10:00:00Zx",
        "1795514400000",
        "1e30",
        "1-1"
      })
  void refuses(String text) {
    assertThat(Timestamps.parse(text)).isNull();
  }

  @Test
  void writesWhatItReads() {
    long seed = 11;
    Random random = new Random(seed);
    long span = Timestamps.MAX_MILLIS - Timestamps.MIN_MILLIS;
    for (int i = 0; i < 20_000; i++) {
      long millis = Timestamps.MIN_MILLIS + Math.floorMod(random.nextLong(), span);
      String text = Timestamps.format(millis);
      assertThat(Timestamps.parse(text)).as("seed %d: %s", seed, text).isEqualTo(millis);
      assertThat(Instant.parse(text).toEpochMilli()).isEqualTo(millis);
    }
  }
}
