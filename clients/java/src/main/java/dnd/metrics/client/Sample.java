package dnd.metrics.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A point of a result.
 *
 * @param value the number; NaN where there is a histogram instead
 * @param histogram the native histogram, where the value is one
 */
public record Sample(Instant time, double value, Optional<HistogramSample> histogram) {
  Sample(Instant time, double value) {
    this(time, value, Optional.empty());
  }

  @Override
  public String toString() {
    return (histogram.isPresent() ? histogram.get().toString() : QueryResult.number(value))
        + " @ "
        + time;
  }
}
