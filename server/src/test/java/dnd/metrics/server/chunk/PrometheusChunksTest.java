package dnd.metrics.server.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares with bytes that Prometheus's own encoder made of the same samples. The file has a case
 * per paragraph: what was appended ("s" floats, "h" histograms, numbers as bits) and, after "=",
 * each chunk that came out.
 */
class PrometheusChunksTest {
  record Case(String name, List<String> samples, List<String> chunks) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = PrometheusChunksTest.class.getResourceAsStream("prometheus-chunks.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      for (String line : text.split("\n")) {
        switch (line.charAt(0)) {
          case 's', 'h' -> cases.getLast().samples.add(line.substring(2));
          case '=' -> cases.getLast().chunks.add(line.substring(2));
          default -> cases.add(new Case(line, new ArrayList<>(), new ArrayList<>()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writesTheSameBytesAndReadsThem(Case c) {
    if (c.name.startsWith("xor")) {
      floats(c);
    } else {
      histograms(c, c.name.startsWith("whole") ? 2 : 3);
    }
  }

  private static void floats(Case c) {
    XorChunk chunk = new XorChunk();
    for (String line : c.samples) {
      String[] words = line.split(" ");
      chunk.append(Long.parseLong(words[0]), number(words[1]));
    }
    assertEquals(c.chunks.getFirst(), HexFormat.of().formatHex(chunk.toBytes()));
    SampleBatch batch = new SampleBatch();
    chunk.decode(batch);
    for (int i = 0; i < batch.size; i++) {
      String[] words = c.samples.get(i).split(" ");
      assertEquals(Long.parseLong(words[0]), batch.timestamps[i]);
      assertEquals(words[1], Long.toHexString(Double.doubleToRawLongBits(batch.values[i])));
    }
    assertEquals(c.samples.size(), batch.size);
  }

  private static void histograms(Case c, int encoding) {
    List<HistogramChunk> chunks = new ArrayList<>();
    for (String line : c.samples) {
      String[] words = line.split(" ");
      long t = Long.parseLong(words[0]);
      Histogram h = histogram(words);
      if (chunks.isEmpty()) {
        chunks.add(HistogramChunk.start(t, h));
        continue;
      }
      HistogramChunk last = chunks.getLast();
      HistogramChunk after = last.append(t, h);
      if (after != last && after.size() > 1) {
        chunks.removeLast();
      }
      if (after != last) {
        chunks.add(after);
      }
    }
    // A chunk that happens to begin with whole counts in the float cases is another kind here.
    boolean sameKind = chunks.stream().allMatch(chunk -> chunk.encoding() == encoding);
    if (sameKind) {
      assertEquals(
          c.chunks, chunks.stream().map(k -> HexFormat.of().formatHex(k.toBytes())).toList());
    }
    assertTrue(sameKind || encoding == 3);
    int n = 0;
    SampleBatch batch = new SampleBatch();
    for (String hex : c.chunks) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      HistogramChunk.decode(encoding, bytes, 0, bytes.length, batch);
      Histogram[] decoded = batch.histograms;
      for (int i = 0; i < batch.size; i++) {
        String[] words = c.samples.get(n++).split(" ");
        assertEquals(Long.parseLong(words[0]), batch.timestamps[i]);
        Histogram expected = histogram(words);
        assertEquals(expected.compact(), decoded[i].compact());
        if (!expected.isStaleMarker()) {
          assertEquals(
              expected.counterResetHint() == CounterResetHint.GAUGE
                  ? CounterResetHint.GAUGE
                  : i == 0 ? CounterResetHint.UNKNOWN : CounterResetHint.NOT_RESET,
              decoded[i].counterResetHint());
        }
      }
    }
    assertEquals(c.samples.size(), n);
  }

  private static double number(String hex) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(hex, 16));
  }

  /** Words: time, hint, schema, zero threshold, zero count, count, sum, two sides, bounds. */
  private static Histogram histogram(String[] words) {
    Histogram.Builder builder =
        Histogram.builder()
            .counterResetHint(hint(words[1]))
            .schema(Integer.parseInt(words[2]))
            .zeroThreshold(number(words[3]))
            .zeroCount(number(words[4]))
            .count(number(words[5]))
            .sum(number(words[6]))
            .positive(buckets(words[7]))
            .negative(buckets(words[8]));
    if (!words[9].equals("-")) {
      builder.customValues(
          Arrays.stream(words[9].split(",")).mapToDouble(PrometheusChunksTest::number).toArray());
    }
    return builder.build();
  }

  private static CounterResetHint hint(String number) {
    return switch (number) {
      case "0" -> CounterResetHint.UNKNOWN;
      case "3" -> CounterResetHint.GAUGE;
      default -> throw new IllegalArgumentException(number);
    };
  }

  private static Buckets buckets(String text) {
    if (text.equals("-")) {
      return Buckets.none();
    }
    String[] parts = text.split(",");
    int[] indexes = new int[parts.length];
    double[] counts = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String[] pair = parts[i].split(":");
      indexes[i] = Integer.parseInt(pair[0]);
      counts[i] = number(pair[1]);
    }
    return Buckets.of(indexes, counts);
  }
}
