package dnd.metrics.server.model;

/**
 * Reads the samples of one series, a run at a time, each chunk decoded once. For one thread; it
 * holds nothing that needs closing.
 */
public interface SampleReader {
  /**
   * Replaces what {@code batch} holds by the next run of samples, all of one kind (floats, or
   * native histograms), in order of time and after all those before; every timestamp comes once.
   *
   * @return false, with {@code batch} empty, when there are no more
   */
  boolean next(SampleBatch batch);
}
