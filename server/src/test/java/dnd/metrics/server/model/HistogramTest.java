package dnd.metrics.server.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void spansAndIndexesSayTheSame() {
    Buckets buckets = Buckets.ofSpans(new int[] {-2, 2, 3, 1, 0, 2}, new double[] {1, 2, 3, 4, 5});
    assertArrayEquals(new int[] {-2, -1, 3, 4, 5}, buckets.indexes());
    assertArrayEquals(new int[] {-2, 2, 3, 3}, buckets.spans());
    assertArrayEquals(new int[] {}, Buckets.none().spans());
  }

  @Test
  void spansThatContradictThemselvesAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Buckets.ofSpans(new int[] {0, 2}, new double[3]));
    assertThrows(
        IllegalArgumentException.class, () -> Buckets.ofSpans(new int[] {0, 2}, new double[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> Buckets.ofSpans(new int[] {0, 2, -3, 1}, new double[3]));
  }

  @Test
  void boundsAreThoseOfTheSchemas() {
    assertEquals(1, BucketBounds.exponential(0, 0));
    assertEquals(2, BucketBounds.exponential(1, 0));
    assertEquals(2, BucketBounds.exponential(8, 3));
    assertEquals(0.25, BucketBounds.exponential(-1, -1));
    assertEquals(Double.MAX_VALUE, BucketBounds.exponential(1024, 0));
    assertEquals(Double.POSITIVE_INFINITY, BucketBounds.exponential(1025, 0));
    assertEquals(Double.MAX_VALUE, BucketBounds.exponential(64, -4));
    assertEquals(Double.MAX_VALUE, BucketBounds.exponential(262144, 8));
  }

  @Test
  void bucketsAreWalkedInBothDirections() {
    Histogram h =
        Histogram.builder()
            .zeroThreshold(0.5)
            .zeroCount(3)
            .count(9)
            .positive(Buckets.of(new int[] {-1, 1, 2}, new double[] {1, 0, 2}))
            .negative(Buckets.of(new int[] {0, 3}, new double[] {2, 1}))
            .build();
    String up = "[-8,-4):1.0 [-1,-0.5):2.0 [-0.5,0.5]:3.0 (0.5,0.5]:1.0 (1,2]:0.0 (2,4]:2.0 ";
    assertEquals(up, walk(BucketCursor.ascending(h)));
    String[] parts = up.trim().split(" ");
    StringBuilder down = new StringBuilder();
    for (int i = parts.length - 1; i >= 0; i--) {
      down.append(parts[i]).append(' ');
    }
    assertEquals(down.toString(), walk(BucketCursor.descending(h)));
  }

  private static String walk(BucketCursor cursor) {
    StringBuilder out = new StringBuilder();
    while (cursor.next()) {
      out.append(cursor.lowerInclusive() ? '[' : '(').append(GoFloat.format(cursor.lower()));
      out.append(',').append(GoFloat.format(cursor.upper()));
      out.append(cursor.upperInclusive() ? ']' : ')').append(':').append(cursor.count());
      out.append(' ');
    }
    return out.toString();
  }

  @Test
  void sumsOfOneLayoutAreSumsByBucket() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int schema = random.nextInt(13) - 4;
      Map<Integer, Double> model = new TreeMap<>();
      HistogramSum sum = HistogramSum.plain(Histogram.builder().schema(schema).build());
      double count = 0;
      for (int k = 0; k < 5; k++) {
        double[] counts = random.doubles(1 + random.nextInt(6), 0, 50).map(Math::floor).toArray();
        int first = random.nextInt(30) - 15;
        for (int i = 0; i < counts.length; i++) {
          model.merge(first + i, counts[i], Double::sum);
        }
        double total = Arrays.stream(counts).sum();
        count += total;
        sum.add(
            Histogram.builder()
                .schema(schema)
                .count(total)
                .positive(Buckets.contiguous(first, counts))
                .build());
      }
      Histogram result = sum.result();
      assertEquals(count, result.count(), "seed " + seed);
      assertEquals(model.size(), result.positive().size(), "seed " + seed);
      for (int i = 0; i < result.positive().size(); i++) {
        assertEquals(
            model.get(result.positive().index(i)), result.positive().count(i), "seed " + seed);
      }
    }
  }

  @Test
  void compensatedSumsKeepWhatPlainOnesLose() {
    Histogram large = Histogram.builder().count(1e16).sum(1e16).build();
    Histogram small = Histogram.builder().count(1).sum(1).build();
    HistogramSum plain = HistogramSum.plain(large);
    HistogramSum compensated = HistogramSum.compensated(large);
    for (int i = 0; i < 10; i++) {
      plain.add(small);
      compensated.add(small);
    }
    assertEquals(1e16, plain.result().count());
    assertEquals(1e16 + 10, compensated.result().count());
    assertEquals(1e16 + 10, compensated.result().sum());
  }

  @Test
  void exponentialAndCustomBucketsDoNotAddUp() {
    Histogram custom = Histogram.builder().schema(Histogram.CUSTOM_BUCKETS_SCHEMA).build();
    HistogramSum sum = HistogramSum.plain(Histogram.builder().build());
    assertFalse(sum.accepts(custom));
    assertThrows(IllegalArgumentException.class, () -> sum.add(custom));
  }

  @Test
  void divisionByZeroLeavesNoBuckets() {
    Histogram h = Histogram.builder().count(2).positive(Buckets.contiguous(0, 2)).build();
    assertEquals("{count:+Inf, sum:NaN, [-0,0]:NaN}", h.dividedBy(0).toString());
    assertTrue(h.dividedBy(0).positive().isEmpty());
  }

  @Test
  void emptyBucketsCountForEqualityUntilCompacted() {
    Histogram a = Histogram.builder().count(2).positive(Buckets.contiguous(0, 2)).build();
    Histogram b = Histogram.builder().count(2).positive(Buckets.contiguous(0, 2, 0)).build();
    assertNotEquals(a, b);
    assertEquals(a, b.compact());
    assertEquals(a.hashCode(), b.compact().hashCode());
    assertEquals(a, a.withCounterResetHint(CounterResetHint.GAUGE));
  }

  @Test
  void problemsAreToldInPrometheusWords() {
    Histogram.Builder custom =
        Histogram.builder().schema(Histogram.CUSTOM_BUCKETS_SCHEMA).customValues(new double[] {1});
    assertEquals(Optional.empty(), custom.build().problem());
    assertEquals(
        Optional.of(
            "custom buckets: only 1 custom bounds defined which is insufficient to cover total span"
                + " length of 3: histogram custom bounds are too few"),
        custom.positive(Buckets.contiguous(2, 1)).build().problem());
    assertEquals(
        Optional.of(
            "positive side: bucket number 2 has observation count of -1: histogram has a bucket"
                + " whose observation count is negative"),
        Histogram.builder().positive(Buckets.contiguous(2, 1, -1)).build().problem());
    assertEquals(
        Optional.of(
            "histogram has an invalid schema, which must be between -4 and 8 for exponential"
                + " buckets, or -53 for custom buckets, got schema 9"),
        Histogram.builder().schema(9).build().problem());
  }

  @Test
  void wholeAreCountsThatAnInstrumentCounts() {
    assertTrue(Histogram.builder().count(3).sum(0.5).build().isWhole());
    assertFalse(Histogram.builder().count(3.5).build().isWhole());
    assertFalse(Histogram.builder().count(-1).build().isWhole());
    assertFalse(Histogram.builder().positive(Buckets.contiguous(0, 1e300)).build().isWhole());
  }

  @Test
  void numbersLookAsInGo() {
    assertEquals("1e+06", GoFloat.format(1e6));
    assertEquals("123456", GoFloat.format(123456));
    assertEquals("1.234567e+06", GoFloat.format(1234567));
    assertEquals("0.0001", GoFloat.format(0.0001));
    assertEquals("1e-05", GoFloat.format(0.00001));
    assertEquals("-0", GoFloat.format(-0.0));
    assertEquals("+Inf", GoFloat.format(Double.POSITIVE_INFINITY));
    assertEquals("NaN", GoFloat.format(Double.NaN));
  }
}
