package dnd.metrics.server.promql.exec;

import java.util.concurrent.atomic.AtomicLong;

/** How much a query has read so far. Safe for use by several threads. */
final class ReadCounts {
  private final AtomicLong series = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();

  void addSeries(long more) {
    series.addAndGet(more);
  }

  /** To be called once a series, not once a chunk. */
  void addSamples(long more) {
    samples.addAndGet(more);
  }

  long series() {
    return series.get();
  }

  long samples() {
    return samples.get();
  }
}
