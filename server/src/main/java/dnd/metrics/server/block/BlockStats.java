package dnd.metrics.server.block;

/** What is in a block, counted. */
public record BlockStats(
    long samples,
    long floatSamples,
    long histogramSamples,
    long series,
    long chunks,
    long tombstones) {
  public static final BlockStats NONE = new BlockStats(0, 0, 0, 0, 0, 0);

  BlockStats withTombstones(long count) {
    return new BlockStats(samples, floatSamples, histogramSamples, series, chunks, count);
  }
}
