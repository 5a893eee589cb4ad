package dnd.metrics.server.model;

/** One series: its labels and its samples. */
public interface Series {
  Labels labels();

  /** Opens the samples between two times (Unix milliseconds, both included), oldest first. */
  SampleReader read(long fromMillis, long toMillis);
}
