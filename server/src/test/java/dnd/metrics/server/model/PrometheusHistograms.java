package dnd.metrics.server.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Prometheus's own code made of random histograms: each case begins with three of them (lines
 * a, b and c), then a line for each operation and its result. Numbers are written as their bits.
 */
public final class PrometheusHistograms {
  private PrometheusHistograms() {}

  /** One case. */
  public record Case(Histogram a, Histogram b, Histogram c, List<String[]> results) {}

  public static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    try (InputStream in =
        PrometheusHistograms.class.getResourceAsStream("prometheus-histograms.txt")) {
      List<String[]> lines =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .map(line -> line.split(" "))
              .toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i)[0].equals("a")) {
          cases.add(
              new Case(
                  histogram(lines.get(i), 1),
                  histogram(lines.get(i + 1), 1),
                  histogram(lines.get(i + 2), 1),
                  new ArrayList<>()));
          i += 2;
        } else {
          cases.getLast().results.add(lines.get(i));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  public static double number(String hex) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(hex, 16));
  }

  /** Words: hint, schema, zero threshold, zero count, count, sum, two sides, bounds. */
  public static Histogram histogram(String[] words, int at) {
    Histogram.Builder builder =
        Histogram.builder()
            .counterResetHint(
                switch (words[at]) {
                  case "0" -> CounterResetHint.UNKNOWN;
                  case "1" -> CounterResetHint.RESET;
                  case "2" -> CounterResetHint.NOT_RESET;
                  case "3" -> CounterResetHint.GAUGE;
                  default -> throw new IllegalArgumentException(words[at]);
                })
            .schema(Integer.parseInt(words[at + 1]))
            .zeroThreshold(number(words[at + 2]))
            .zeroCount(number(words[at + 3]))
            .count(number(words[at + 4]))
            .sum(number(words[at + 5]))
            .positive(buckets(words[at + 6]))
            .negative(buckets(words[at + 7]));
    if (!words[at + 8].equals("-")) {
      builder.customValues(
          Arrays.stream(words[at + 8].split(","))
              .mapToDouble(PrometheusHistograms::number)
              .toArray());
    }
    return builder.build();
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
