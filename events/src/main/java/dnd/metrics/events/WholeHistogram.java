package dnd.metrics.events;

/** A whole histogram, as a metric's value: with the sender's own buckets, or native. */
public sealed interface WholeHistogram permits ClassicHistogram, NativeHistogram {
  /** Appends it as events carry it. */
  void write(JsonBuffer out);
}
