package dnd.metrics.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NativeHistogramTest {
  @Test
  void runsOfBucketsAreSpans() {
    TreeMap<Integer, Double> positive = new TreeMap<>();
    positive.put(-8, 1.0);
    positive.put(1, 2.0);
    positive.put(2, 5.0);
    TreeMap<Integer, Double> negative = new TreeMap<>();
    negative.put(0, 1.0);

    assertThat(json(new NativeHistogram(3, 11, 2.5, 0.001, 2, positive, negative)))
        .isEqualTo(
            "{\"schema\":3,\"count\":11,\"sum\":2.5,\"zero_threshold\":0.001,\"zero_count\":2,"
                + "\"positive\":{\"spans\":[[-8,1],[8,2]],\"deltas\":[1,1,3]},"
                + "\"negative\":{\"spans\":[[0,1]],\"deltas\":[1]}}");
  }

  @Test
  void sideWithoutBucketsIsLeftOut() {
    assertThat(json(new NativeHistogram(0, 0, 0, 0, 0, new TreeMap<>(), new TreeMap<>())))
        .isEqualTo("{\"schema\":0,\"count\":0,\"sum\":0,\"zero_threshold\":0,\"zero_count\":0}");
  }

  private static String json(WholeHistogram histogram) {
    JsonBuffer out = new JsonBuffer(64);
    histogram.write(out);
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }
}
