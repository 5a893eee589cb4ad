package dnd.metrics.server.promql.exec;

import java.util.Optional;

/**
 * How one query is to be evaluated.
 *
 * @param id the name under which it is listed and cancelled; empty: the engine gives one
 * @param timeoutMillis deadline from the start, 0: the engine's
 * @param lookbackMillis how far an instant selector looks back, 0: the engine's
 * @param memoryLimitBytes the most memory the query may hold, 0: the engine's
 * @param sampleLimit the most samples it may hold at once, 0: the engine's
 * @param delayedNameRemoval drop metric names at the end rather than function by function
 * @param startTimestamps functions over counters take samples' start timestamps into account
 * @param measured note what each operator costs; the query then runs on one thread
 * @param heldIn what holds the result's memory when the query is over; empty: nobody, it is free
 */
public record QueryOptions(
    Optional<String> id,
    long timeoutMillis,
    long lookbackMillis,
    long memoryLimitBytes,
    long sampleLimit,
    boolean delayedNameRemoval,
    boolean startTimestamps,
    boolean measured,
    Optional<HeldMemory> heldIn) {

  /** The engine's limits, delayed name removal and start timestamps on. */
  public static QueryOptions defaults() {
    return new QueryOptions(Optional.empty(), 0, 0, 0, 0, true, true, false, Optional.empty());
  }

  public QueryOptions withId(String newId) {
    return new QueryOptions(
        Optional.of(newId),
        timeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withTimeoutMillis(long newTimeoutMillis) {
    return new QueryOptions(
        id,
        newTimeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withLookbackMillis(long newLookbackMillis) {
    return new QueryOptions(
        id,
        timeoutMillis,
        newLookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withSampleLimit(long newSampleLimit) {
    return new QueryOptions(
        id,
        timeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        newSampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withMemoryLimitBytes(long newMemoryLimitBytes) {
    return new QueryOptions(
        id,
        timeoutMillis,
        lookbackMillis,
        newMemoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withDelayedNameRemoval(boolean newDelayedNameRemoval) {
    return new QueryOptions(
        id,
        timeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        newDelayedNameRemoval,
        startTimestamps,
        measured,
        heldIn);
  }

  public QueryOptions withMeasured(boolean newMeasured) {
    return new QueryOptions(
        id,
        timeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        newMeasured,
        heldIn);
  }

  public QueryOptions withHeldIn(HeldMemory newHeldIn) {
    return new QueryOptions(
        id,
        timeoutMillis,
        lookbackMillis,
        memoryLimitBytes,
        sampleLimit,
        delayedNameRemoval,
        startTimestamps,
        measured,
        Optional.of(newHeldIn));
  }
}
