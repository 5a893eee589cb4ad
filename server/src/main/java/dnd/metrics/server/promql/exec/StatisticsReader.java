package dnd.metrics.server.promql.exec;

import dnd.metrics.server.model.CounterResetHint;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.SampleBatch;
import dnd.metrics.server.model.SampleReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads native histograms without their buckets. What the buckets tell about resets is put into the
 * hint of each histogram that follows another one. Floats pass through.
 */
final class StatisticsReader implements SampleReader {
  private final SampleReader reader;
  private @Nullable Histogram last;

  StatisticsReader(SampleReader reader) {
    this.reader = reader;
  }

  @Override
  public boolean next(SampleBatch batch) {
    if (!reader.next(batch)) {
      return false;
    }
    Histogram[] histograms = batch.histograms;
    if (histograms == null) {
      return true;
    }
    Histogram[] statistics = new Histogram[batch.size];
    for (int i = 0; i < batch.size; i++) {
      Histogram histogram = histograms[i];
      if (histogram.isStaleMarker()) {
        statistics[i] = histogram;
        continue;
      }
      statistics[i] =
          Histogram.builder()
              .counterResetHint(hint(histogram))
              .schema(histogram.schema())
              .count(histogram.count())
              .sum(histogram.sum())
              .build();
      last = histogram;
    }
    batch.histograms = statistics;
    return true;
  }

  private CounterResetHint hint(Histogram histogram) {
    if (histogram.counterResetHint() != CounterResetHint.UNKNOWN || last == null) {
      return histogram.counterResetHint();
    }
    // The one before may say "reset" of itself; that is not asked here.
    return histogram.isResetFrom(last) ? CounterResetHint.RESET : CounterResetHint.NOT_RESET;
  }
}
