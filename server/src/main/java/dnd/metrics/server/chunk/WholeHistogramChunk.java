package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;

/**
 * Histograms whose counts are all whole numbers. Counts are written as changes of changes; a
 * bucket's count first as its difference to the bucket before it.
 */
final class WholeHistogramChunk extends HistogramChunk {
  static final int ENCODING = 2;

  private final XorWindows sumWindow = new XorWindows(1);
  private long countDelta;
  private long zeroCountDelta;

  /** By bucket, positive ones first: how the difference to its neighbour last changed. */
  private final long[] bucketDeltas;

  WholeHistogramChunk(Beginning beginning, Histogram first) {
    super(beginning, first);
    bucketDeltas = new long[layout().buckets()];
  }

  @Override
  public int encoding() {
    return ENCODING;
  }

  @Override
  boolean takes(Histogram h) {
    return h.isWhole();
  }

  @Override
  void putFirst(Histogram h) {
    out.putUnsignedVarbit((long) h.count());
    out.putUnsignedVarbit((long) h.zeroCount());
    out.put(Double.doubleToRawLongBits(h.sum()), 64);
    putFirst(h.positive());
    putFirst(h.negative());
  }

  private void putFirst(Buckets buckets) {
    for (int i = 0; i < buckets.size(); i++) {
      out.putSignedVarbit(step(buckets, i));
    }
  }

  private static long step(Buckets buckets, int i) {
    return (long) buckets.count(i) - (i == 0 ? 0 : (long) buckets.count(i - 1));
  }

  @Override
  void put(Histogram h) {
    if (h.isStaleMarker()) {
      out.putSignedVarbit(0);
      out.putSignedVarbit(0);
      sumWindow.put(out, 0, h.sum(), last.sum());
      return;
    }
    long delta = (long) h.count() - (long) last.count();
    out.putSignedVarbit(delta - countDelta);
    countDelta = delta;
    delta = (long) h.zeroCount() - (long) last.zeroCount();
    out.putSignedVarbit(delta - zeroCountDelta);
    zeroCountDelta = delta;
    sumWindow.put(out, 0, h.sum(), last.sum());
    put(h.positive(), last.positive(), 0);
    put(h.negative(), last.negative(), h.positive().size());
  }

  private void put(Buckets buckets, Buckets before, int slot) {
    for (int i = 0; i < buckets.size(); i++) {
      long delta = step(buckets, i) - step(before, i);
      out.putSignedVarbit(delta - bucketDeltas[slot + i]);
      bucketDeltas[slot + i] = delta;
    }
  }
}
