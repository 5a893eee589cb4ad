package dnd.metrics.server.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Chunks in the encodings of Prometheus 3.14 that are only read here, as it wrote them. */
class StartTimestampChunksTest {
  private record Given(int encoding, String hex, List<String> samples) {
    byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }
  }

  private static List<Given> given() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    StartTimestampChunksTest.class.getResourceAsStream(
                        "prometheus-start-timestamp-chunks.txt")),
                StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" "))
          .map(parts ->
              new Given(
                  Integer.parseInt(parts[0]),
                  parts[1],
                  Arrays.asList(parts).subList(2, parts.length)))
          .toList();
    }
  }

  private static String sample(SampleBatch batch, int i) {
    String value;
    if (batch.histograms == null) {
      value = "%016x".formatted(Double.doubleToRawLongBits(batch.values[i]));
    } else {
      Histogram h = batch.histograms[i];
      value =
          h.isStaleMarker()
              ? "stale"
              : "%d/%016x/%d/%d"
                  .formatted(
                      (long) h.count(),
                      Double.doubleToRawLongBits(h.sum()),
                      (long) h.zeroCount(),
                      (long) h.positive().count(0));
    }
    long start = batch.startTimestamps == null ? 0 : batch.startTimestamps[i];
    return batch.timestamps[i] + ":" + value + ":" + start;
  }

  @Test
  void theyAreReadAsTheyWereWritten() throws IOException {
    Map<Integer, Integer> samples = new TreeMap<>();
    int startsKnown = 0;
    for (Given each : given()) {
      SampleBatch batch = new SampleBatch();
      Chunk.decode(each.encoding, each.bytes(), 0, each.bytes().length, batch);
      String what = "encoding " + each.encoding + ", " + each.samples.size() + " samples";
      assertThat(batch.size).as(what).isEqualTo(each.samples.size());
      for (int i = 0; i < batch.size; i++) {
        assertThat(sample(batch, i)).as(what + ", sample " + i).isEqualTo(each.samples.get(i));
      }
      EncodedChunk chunk =
          new EncodedChunk(
              batch.timestamps[0],
              batch.timestamps[batch.size - 1],
              each.encoding,
              MemorySegment.ofArray(each.bytes()));
      assertThat(chunk.size()).as(what).isEqualTo(batch.size);
      assertThat(chunk.holdsFloats()).as(what).isEqualTo(each.encoding == 4);
      samples.merge(each.encoding, batch.size, Integer::sum);
      startsKnown += batch.startTimestamps == null ? 0 : 1;
    }
    assertThat(samples.keySet()).containsExactly(4, 5, 6);
    assertThat(samples.values()).allMatch(n -> n > 200);
    assertThat(startsKnown).isBetween(10, given().size() - 3);
  }

  @Test
  void whatIsCutOffOrWrongIsNoticedOrReadAsSomething() throws IOException {
    Random random = new Random(1);
    for (Given each : given()) {
      SampleBatch batch = new SampleBatch();
      int cut = 4 + (each.bytes().length - 4) / 2;
      if (each.samples.size() > 3) {
        assertThatThrownBy(() -> Chunk.decode(each.encoding, each.bytes(), 0, cut, batch))
            .isInstanceOf(RuntimeException.class);
      }
      for (int i = 0; i < 200; i++) {
        byte[] wrong = each.bytes().clone();
        wrong[2 + random.nextInt(wrong.length - 2)] ^= (byte) (1 << random.nextInt(8));
        try {
          Chunk.decode(each.encoding, wrong, 0, wrong.length, batch);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void anEncodingThatIsNotKnownIsNamed() {
    assertThatThrownBy(() -> Chunk.decode(7, new byte[10], 0, 10, new SampleBatch()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("its encoding is 7, which is not known");
  }
}
