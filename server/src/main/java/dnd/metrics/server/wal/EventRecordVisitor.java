package dnd.metrics.server.wal;

import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a record holds: of an event's in the order of writing, {@link #begin} first; of a
 * deletion's {@link #deletion} alone.
 */
public interface EventRecordVisitor {
  /** The record's head; parameters as of {@link EventRecord#end}. */
  void begin(
      int sender,
      @Nullable String service,
      @Nullable String instance,
      boolean report,
      @Nullable String eventId,
      long receivedMillis);

  void series(int number, Labels labels);

  void sample(int series, long timeMillis, double value);

  void total(int series, long timeMillis, double value);

  void observation(int series, long timeMillis, double value);

  void histogram(int series, long timeMillis, Histogram histogram);

  void seen(int series);

  void metadata(String metricName, String type, String help, String unit);

  void end();

  /** Samples among the sender's series that the records before this one brought were deleted. */
  void deletion(int sender, Deletion deletion);
}
