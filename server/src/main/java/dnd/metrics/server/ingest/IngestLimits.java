package dnd.metrics.server.ingest;

/**
 * How large the parts of an event may be. Lengths of names and values count UTF-16 characters.
 *
 * @param maxMetricsPerEvent how many metrics one event may hold
 * @param maxLabelsPerSeries how many labels a series may have, name, service and instance included
 * @param maxNameChars the longest name of a metric or label
 * @param maxLabelValueChars the longest value of a label
 * @param maxBuckets how many buckets a whole histogram may have
 * @param learnedBytes how much memory predictions may take, of all connections together
 */
public record IngestLimits(
    int maxMetricsPerEvent,
    int maxLabelsPerSeries,
    int maxNameChars,
    int maxLabelValueChars,
    int maxBuckets,
    long learnedBytes) {
  public static final IngestLimits DEFAULT =
      new IngestLimits(50_000, 64, 512, 4096, 1024, 192L << 20);

  /** The longest help of a metric, in UTF-16 characters. */
  static final int MAX_HELP_CHARS = 4096;

  /** The longest unit of a metric, in UTF-16 characters. */
  static final int MAX_UNIT_CHARS = 512;

  public IngestLimits {
    if (maxMetricsPerEvent < 1
        || maxLabelsPerSeries < 3
        || maxNameChars < 1
        || maxLabelValueChars < 1
        || maxBuckets < 1
        || learnedBytes < 0) {
      throw new IllegalArgumentException("limits must leave room");
    }
  }

  IngestLimits withLearnedBytes(long bytes) {
    return new IngestLimits(
        maxMetricsPerEvent,
        maxLabelsPerSeries,
        maxNameChars,
        maxLabelValueChars,
        maxBuckets,
        bytes);
  }
}
