package dnd.metrics.server.chunk;

import dnd.metrics.server.model.Buckets;
import dnd.metrics.server.model.Histogram;

/** Histograms with counts of any kind; each number is written in the XOR encoding. */
final class FloatHistogramChunk extends HistogramChunk {
  static final int ENCODING = 3;

  static final int COUNT = 0;
  static final int ZERO_COUNT = 1;
  static final int SUM = 2;
  static final int BUCKETS = 3;

  private final XorWindows windows;

  FloatHistogramChunk(Beginning beginning, Histogram first) {
    super(beginning, first);
    windows = new XorWindows(BUCKETS + layout().buckets());
  }

  @Override
  public int encoding() {
    return ENCODING;
  }

  @Override
  boolean takes(Histogram h) {
    return true;
  }

  @Override
  void putFirst(Histogram h) {
    out.put(Double.doubleToRawLongBits(h.count()), 64);
    out.put(Double.doubleToRawLongBits(h.zeroCount()), 64);
    out.put(Double.doubleToRawLongBits(h.sum()), 64);
    putFirst(h.positive());
    putFirst(h.negative());
  }

  private void putFirst(Buckets buckets) {
    for (int i = 0; i < buckets.size(); i++) {
      out.put(Double.doubleToRawLongBits(buckets.count(i)), 64);
    }
  }

  @Override
  void put(Histogram h) {
    windows.put(out, COUNT, h.count(), last.count());
    windows.put(out, ZERO_COUNT, h.zeroCount(), last.zeroCount());
    windows.put(out, SUM, h.sum(), last.sum());
    put(h.positive(), last.positive(), BUCKETS);
    put(h.negative(), last.negative(), BUCKETS + h.positive().size());
  }

  private void put(Buckets buckets, Buckets before, int slot) {
    for (int i = 0; i < buckets.size(); i++) {
      windows.put(out, slot + i, buckets.count(i), before.count(i));
    }
  }
}
