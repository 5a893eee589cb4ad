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
}
