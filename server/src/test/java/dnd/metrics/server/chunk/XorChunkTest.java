package dnd.metrics.server.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.StaleMarker;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class XorChunkTest {
  private static final double[] ODD_VALUES = {
    0,
    -0.0,
    1,
    -1,
    Double.NaN,
    StaleMarker.VALUE,
    Double.longBitsToDouble(0xfff8000000000123L),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    Double.MIN_VALUE,
    1e-300,
    Long.MAX_VALUE
  };

  @Test
  void emptyChunkHasNoSamples() {
    XorChunk chunk = new XorChunk();
    SampleBatch batch = new SampleBatch();
    batch.size = 3;
    chunk.decode(batch);
    assertEquals(0, batch.size);
    assertEquals(0, chunk.size());
    assertEquals(2, chunk.byteSize());
  }

  @Test
  void returnsWhatWasAppended() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      int n = 1 + random.nextInt(seed % 100 == 0 ? 3000 : 150);
      long[] times = new long[n];
      double[] values = new double[n];
      fill(random, times, values);
      XorChunk chunk = new XorChunk();
      for (int i = 0; i < n; i++) {
        chunk.append(times[i], values[i]);
      }
      assertSamples("seed " + seed, chunk, times, values, n);
      byte[] bytes = chunk.toBytes();
      assertEquals(chunk.byteSize(), bytes.length);
      byte[] inBlock = new byte[bytes.length + 20];
      Arrays.fill(inBlock, (byte) 0xff);
      System.arraycopy(bytes, 0, inBlock, 7, bytes.length);
      SampleBatch batch = new SampleBatch();
      XorChunk.decode(inBlock, 7, bytes.length, batch);
      assertBatch("seed " + seed, batch, times, values, n);
    }
  }

  @Test
  void bytesThatEndTooEarlyAreRefused() {
    XorChunk chunk = new XorChunk();
    for (int i = 0; i < 100; i++) {
      chunk.append(i * 1000L, Math.sqrt(i));
    }
    byte[] bytes = chunk.toBytes();
    SampleBatch batch = new SampleBatch();
    assertThrows(
        IllegalArgumentException.class, () -> XorChunk.decode(bytes, 0, bytes.length - 1, batch));
  }

  @Test
  void refusesMoreThanTheHeaderCounts() {
    XorChunk chunk = new XorChunk();
    for (int i = 0; i < XorChunk.MAX_SIZE; i++) {
      chunk.append(i, i);
    }
    assertThrows(IllegalStateException.class, () -> chunk.append(XorChunk.MAX_SIZE, 1));
    SampleBatch batch = new SampleBatch();
    byte[] bytes = chunk.toBytes();
    XorChunk.decode(bytes, 0, bytes.length, batch);
    assertEquals(XorChunk.MAX_SIZE, batch.size);
    assertEquals(XorChunk.MAX_SIZE - 1.0, batch.values[batch.size - 1]);
  }

  @Test
  void readersSeeAPrefixWhileOneThreadAppends() throws Exception {
    int n = 5000;
    long[] times = new long[n];
    double[] values = new double[n];
    fill(new Random(42), times, values);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        XorChunk chunk = new XorChunk();
        Callable<Integer> reader =
            () -> {
              SampleBatch batch = new SampleBatch();
              SampleBatch copied = new SampleBatch();
              int reads = 0;
              int seen = 0;
              while (seen < n) {
                chunk.decode(batch);
                assertTrue(batch.size >= seen, "samples vanished");
                seen = batch.size;
                assertBatch("prefix of " + seen, batch, times, values, seen);
                byte[] bytes = chunk.toBytes();
                XorChunk.decode(bytes, 0, bytes.length, copied);
                assertBatch("copy of " + copied.size, copied, times, values, copied.size);
                reads++;
              }
              return reads;
            };
        Future<Integer> first = threads.submit(reader);
        Future<Integer> second = threads.submit(reader);
        for (int i = 0; i < n; i++) {
          chunk.append(times[i], values[i]);
        }
        assertTrue(first.get() > 0);
        assertTrue(second.get() > 0);
      }
    }
  }

  /** Times and values of very different kinds: steady, jumping, backwards, from both far ends. */
  private static void fill(Random random, long[] times, double[] values) {
    long t =
        switch (random.nextInt(4)) {
          case 0 -> 1_700_000_000_000L;
          case 1 -> -1_700_000_000_000L;
          case 2 -> 0;
          default -> random.nextLong() >> 20;
        };
    int timeKind = random.nextInt(4);
    int valueKind = random.nextInt(6);
    double v = random.nextInt(1000);
    for (int i = 0; i < times.length; i++) {
      times[i] = t;
      values[i] = v;
      t +=
          switch (timeKind) {
            case 0 -> 15_000;
            case 1 -> 15_000 + random.nextInt(20) - 10;
            case 2 -> 1L << random.nextInt(40);
            default -> random.nextInt(10) == 0 ? 600_000 + random.nextInt(1 << 24) : 15_000;
          };
      v =
          switch (valueKind) {
            case 0 -> v + random.nextInt(100);
            case 1 -> v;
            case 2 -> random.nextDouble();
            case 3 -> Double.longBitsToDouble(random.nextLong());
            case 4 -> ODD_VALUES[random.nextInt(ODD_VALUES.length)];
            default -> random.nextInt(5) == 0 ? v + 1 : v;
          };
    }
  }

  /** The newest sample is the one of its time, or it is not copied. */
  @Test
  void theNewestSampleIsWholeWhileOneThreadAppends() throws Exception {
    AtomicReference<XorChunk> chunk = new AtomicReference<>(new XorChunk());
    AtomicLong appended = new AtomicLong();
    long last = 2_000_000;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Long> reader =
          threads.submit(() -> {
            SampleBatch batch = new SampleBatch();
            long copied = 0;
            for (long millis; (millis = appended.get()) < last; ) {
              if (millis > 0 && chunk.get().copyNewest(millis, batch)) {
                copied++;
                assertEquals(1, batch.size);
                assertEquals(millis, batch.timestamps[0]);
                assertEquals(Math.sqrt((double) millis), batch.values[0]);
              }
            }
            return copied;
          });
      threads
          .submit(() -> {
            for (long millis = 1; millis <= last; millis++) {
              if (millis % 120 == 0) {
                XorChunk next = chunk.get().follow();
                next.append(millis, Math.sqrt((double) millis));
                chunk.set(next);
              } else {
                chunk.get().append(millis, Math.sqrt((double) millis));
              }
              appended.set(millis);
            }
          })
          .get();
      assertTrue(reader.get() > 0);
    }
  }

  private static void assertSamples(
      String message, Chunk chunk, long[] times, double[] values, int n) {
    assertEquals(n, chunk.size(), message);
    SampleBatch batch = new SampleBatch();
    chunk.decode(batch);
    assertBatch(message, batch, times, values, n);
  }

  private static void assertBatch(
      String message, SampleBatch batch, long[] times, double[] values, int n) {
    assertEquals(n, batch.size, message);
    for (int i = 0; i < n; i++) {
      assertEquals(times[i], batch.timestamps[i], message);
      assertEquals(
          Double.doubleToRawLongBits(values[i]),
          Double.doubleToRawLongBits(batch.values[i]),
          message);
    }
  }
}
