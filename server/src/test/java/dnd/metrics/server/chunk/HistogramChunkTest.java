package dnd.metrics.server.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.StaleMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramChunkTest {
  private static Histogram counts(int firstIndex, double... counts) {
    return Histogram.builder()
        .count(Arrays.stream(counts).sum())
        .sum(7)
        .positive(Buckets.contiguous(firstIndex, counts))
        .build();
  }

  @Test
  void whatFitsGoesIntoTheChunk() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 1, 2));
    assertSame(chunk, chunk.append(2000, counts(0, 1, 5)));
    assertEquals(2, chunk.size());
    assertEquals(2, chunk.encoding());
  }

  @Test
  void aNewBucketReplacesTheChunkByAWiderOne() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 1, 2));
    HistogramChunk wider = chunk.append(2000, counts(0, 1, 2, 1));
    assertNotSame(chunk, wider);
    assertEquals(2, wider.size());
    assertEquals(1, chunk.size());
    SampleBatch batch = new SampleBatch();
    wider.decode(batch);
    assertEquals(counts(0, 1, 2), batch.histograms[0].compact());
    assertEquals(counts(0, 1, 2, 1), batch.histograms[1]);
  }

  @Test
  void aResetBeginsAChunk() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 5, 5));
    HistogramChunk next = chunk.append(2000, counts(0, 4, 7));
    assertEquals(1, next.size());
    assertEquals((byte) 0x80, next.toBytes()[2]);
    assertEquals(0, chunk.toBytes()[2]);
  }

  @Test
  void fractionsBeginAFloatChunk() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 5, 5));
    HistogramChunk next = chunk.append(2000, counts(0, 5, 5.5));
    assertEquals(1, next.size());
    assertEquals(3, next.encoding());
    assertSame(next, next.append(3000, counts(0, 6, 6)));
  }

  @Test
  void nothingButStaleMarkersFollowsAStaleMarker() {
    Histogram stale = Histogram.builder().sum(StaleMarker.VALUE).build();
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 5, 5));
    assertSame(chunk, chunk.append(2000, stale));
    assertSame(chunk, chunk.append(3000, stale));
    assertEquals(1, chunk.append(4000, counts(0, 6, 6)).size());
    SampleBatch batch = new SampleBatch();
    chunk.decode(batch);
    assertEquals(3, batch.size);
    assertEquals(stale, batch.histograms[1]);
    assertEquals(stale, batch.histograms[2]);
  }

  @Test
  void aChunkThatFollowsForItsSizeSaysWhetherThereWasAReset() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 5, 5));
    assertEquals((byte) 0x40, chunk.follow(2000, counts(0, 5, 6)).toBytes()[2]);
    assertEquals((byte) 0x80, chunk.follow(2000, counts(0, 5, 4)).toBytes()[2]);
    Histogram gauge = counts(0, 1).withCounterResetHint(CounterResetHint.GAUGE);
    assertEquals((byte) 0xc0, chunk.follow(2000, gauge).toBytes()[2]);
  }

  @Test
  void damagedBytesAreRefused() {
    HistogramChunk chunk = HistogramChunk.start(1000, counts(0, 5, 5));
    chunk.append(2000, counts(0, 600, 700));
    byte[] bytes = chunk.toBytes();
    SampleBatch batch = new SampleBatch();
    assertThrows(
        IllegalArgumentException.class,
        () -> HistogramChunk.decode(2, bytes, 0, bytes.length - 2, batch));
    assertThrows(
        IllegalArgumentException.class,
        () -> HistogramChunk.decode(7, bytes, 0, bytes.length, batch));
  }

  @Test
  void returnsWhatWasAppended() {
    for (int seed = 0; seed < 1500; seed++) {
      Random random = new Random(seed);
      List<Long> times = new ArrayList<>();
      List<Histogram> histograms = new ArrayList<>();
      List<HistogramChunk> chunks = new ArrayList<>();
      Source source = new Source(random);
      long t = random.nextLong() >> 20;
      for (int i = 0; i < 60; i++) {
        Histogram h = source.next();
        times.add(t);
        histograms.add(h);
        HistogramChunk last = chunks.isEmpty() ? null : chunks.getLast();
        HistogramChunk after = last == null ? HistogramChunk.start(t, h) : last.append(t, h);
        if (after != last) {
          if (after.size() > 1) {
            chunks.removeLast();
          }
          chunks.add(after);
        }
        t += random.nextInt(10) == 0 ? 1L << random.nextInt(38) : 15_000;
      }
      int n = 0;
      SampleBatch batch = new SampleBatch();
      for (HistogramChunk chunk : chunks) {
        byte[] bytes = chunk.toBytes();
        assertEquals(bytes.length, chunk.byteSize());
        HistogramChunk.decode(chunk.encoding(), bytes, 0, bytes.length, batch);
        SampleBatch inMemory = new SampleBatch();
        chunk.decode(inMemory);
        assertEquals(batch.size, inMemory.size);
        for (int i = 0; i < batch.size; i++, n++) {
          String where = "seed " + seed + " sample " + n;
          assertEquals(times.get(n), batch.timestamps[i], where);
          assertEquals(histograms.get(n).compact(), batch.histograms[i].compact(), where);
          assertEquals(batch.histograms[i], inMemory.histograms[i], where);
        }
      }
      assertEquals(60, n, "seed " + seed);
    }
  }

  /** A histogram that grows, with now and then a reset, a stale marker or another layout. */
  private static final class Source {
    private final Random random;
    private final double unit;
    private final boolean gauge;
    private final double[] bounds;
    private final boolean custom;
    private int schema;
    private double[] positive = new double[20];
    private double[] negative = new double[20];
    private double zero;

    Source(Random random) {
      this.random = random;
      unit = random.nextBoolean() ? 1 : random.nextDouble();
      gauge = random.nextInt(4) == 0;
      custom = random.nextInt(3) == 0;
      bounds = random.doubles(19, -5, 50000).sorted().toArray();
      for (int i = 0; i < bounds.length; i += 2) {
        bounds[i] = Math.rint(bounds[i] * 1000) / 1000;
      }
      Arrays.sort(bounds);
      schema = random.nextInt(13) - 4;
    }

    Histogram next() {
      switch (random.nextInt(20)) {
        case 0 -> {
          positive = new double[20];
          negative = new double[20];
          zero = 0;
        }
        case 1 -> schema = random.nextInt(13) - 4;
        case 2 -> {
          return Histogram.builder()
              .sum(StaleMarker.VALUE)
              .counterResetHint(gauge ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN)
              .build();
        }
        default -> {
          for (int k = random.nextInt(4); k > 0; k--) {
            positive[random.nextInt(20)] += unit * random.nextInt(1 << random.nextInt(20));
            negative[random.nextInt(20)] += unit * random.nextInt(3);
          }
          zero += unit * random.nextInt(2);
        }
      }
      double count = Arrays.stream(positive).sum();
      Histogram.Builder h =
          Histogram.builder()
              .counterResetHint(gauge ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN)
              .sum(random.nextInt(10) == 0 ? Double.NaN : random.nextGaussian())
              .positive(Buckets.contiguous(custom ? 0 : -7, positive).withoutEmpty());
      if (custom) {
        h.schema(Histogram.CUSTOM_BUCKETS_SCHEMA).customValues(bounds);
      } else {
        count += zero + Arrays.stream(negative).sum();
        h.schema(schema)
            .zeroThreshold(0.001)
            .zeroCount(zero)
            .negative(Buckets.contiguous(3, negative).withoutEmpty());
      }
      return h.count(count).build();
    }
  }
}
