package dnd.metrics.bench;

import dnd.metrics.server.chunk.XorChunk;
import dnd.metrics.server.model.SampleBatch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.Random;

/**
 * What float chunks of 120 samples cost: nanoseconds of processor time for each sample appended and
 * decoded, the best of many rounds, and bytes. Runs inside this process; time on the processor
 * instead of time by the clock, so that other programs disturb it little.
 */
final class ChunkBench {
  private static final int CHUNKS = 2_000;
  private static final int SAMPLES = 120;
  private static final int ROUNDS = 60;

  /** What kind of values a series has. */
  enum Shape {
    /** Whole numbers that wander between 0 and 100. */
    GAUGE,
    /** A counter that rises at every sample. */
    COUNTER,
    /** A counter that rises now and then. */
    SLOW_COUNTER,
    CONSTANT,
    /** Random doubles, at times that are never quite on time. */
    NOISE
  }

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final long[][] times = new long[CHUNKS][SAMPLES];
  private final double[][] values = new double[CHUNKS][SAMPLES];

  void run(Report report) {
    for (Shape shape : Shape.values()) {
      fill(shape);
      report.add(measure(shape));
    }
  }

  private void fill(Shape shape) {
    Random random = new Random(shape.name().length());
    for (int c = 0; c < CHUNKS; c++) {
      long t = 1_700_000_000_000L;
      double v = random.nextInt(100);
      for (int i = 0; i < SAMPLES; i++) {
        times[c][i] = t;
        values[c][i] = v;
        t += 10_000 + (shape == Shape.NOISE ? random.nextInt(7) - 3 : 0);
        v =
            switch (shape) {
              case GAUGE -> Math.clamp(v + Math.rint(random.nextGaussian()), 0, 100);
              case COUNTER -> v + random.nextInt(500);
              case SLOW_COUNTER -> random.nextInt(5) == 0 ? v + 1 : v;
              case CONSTANT -> v;
              case NOISE -> random.nextGaussian();
            };
      }
    }
  }

  private Measured measure(Shape shape) {
    XorChunk[] chunks = new XorChunk[CHUNKS];
    SampleBatch batch = new SampleBatch();
    double append = Double.POSITIVE_INFINITY;
    double decode = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long start = threads.getCurrentThreadCpuTime();
      for (int c = 0; c < CHUNKS; c++) {
        XorChunk chunk = new XorChunk();
        for (int i = 0; i < SAMPLES; i++) {
          chunk.append(times[c][i], values[c][i]);
        }
        chunks[c] = chunk;
      }
      long appended = threads.getCurrentThreadCpuTime();
      double last = 0;
      for (XorChunk chunk : chunks) {
        chunk.decode(batch);
        last += batch.values[SAMPLES - 1];
      }
      long decoded = threads.getCurrentThreadCpuTime();
      check(last);
      append = Math.min(append, nanosPerSample(appended - start));
      decode = Math.min(decode, nanosPerSample(decoded - appended));
    }
    long bytes = 0;
    for (XorChunk chunk : chunks) {
      bytes += chunk.byteSize();
    }
    return Measured.of(
        "chunk of " + SAMPLES + ", " + shape.name().toLowerCase(Locale.ROOT),
        "dnd-metrics",
        "append ns/sample",
        append,
        "decode ns/sample",
        decode,
        "bytes/sample",
        bytes / (double) (CHUNKS * SAMPLES));
  }

  private void check(double last) {
    double expected = 0;
    for (double[] series : values) {
      expected += series[SAMPLES - 1];
    }
    if (last != expected) {
      throw new IllegalStateException("decoded " + last + " in place of " + expected);
    }
  }

  private static double nanosPerSample(long nanos) {
    return nanos / (double) (CHUNKS * SAMPLES);
  }
}
