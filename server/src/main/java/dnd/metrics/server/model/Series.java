package dnd.metrics.server.model;

/** One series: its labels and its samples. */
public interface Series extends Labeled {
  @Override
  Labels labels();

  /** About how many bytes it takes that were not there before it was selected. */
  default long selectedBytes() {
    return 0;
  }

  /** Opens the samples between two times (Unix milliseconds, both included), oldest first. */
  SampleReader read(long fromMillis, long toMillis);

  /**
   * Replaces what {@code batch} holds by the last sample that {@link #read} would find, where that
   * is at hand without the others.
   *
   * @return false where it has to be read, or there is none; the batch may hold anything then
   */
  default boolean readNewest(long fromMillis, long toMillis, SampleBatch batch) {
    return false;
  }
}
