package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import java.util.Locale;

/**
 * An open query as {@code metrics.queries} lists it.
 *
 * @param receivedMillis when the question came
 * @param samples read so far
 * @param series read so far
 * @param heldBytes memory it holds now
 * @param peakBytes the most memory it held
 */
record QueryEntry(
    Asker asker,
    String query,
    State state,
    long receivedMillis,
    long samples,
    long series,
    long heldBytes,
    long peakBytes) {
  /** Where a query is on its way. */
  enum State {
    QUEUED,
    RUNNING,
    SENDING,
    LIVE
  }

  void write(JsonBuffer out, long nowMillis) {
    out.raw("{\"service\":").string(asker.service());
    out.raw(",\"correlation_id\":").string(asker.correlationId());
    out.raw(",\"query\":").string(query);
    out.raw(",\"state\":").string(state.name().toLowerCase(Locale.ROOT));
    out.raw(",\"age\":").number(Math.max(0, nowMillis - receivedMillis) / 1e3);
    out.raw(",\"samples\":").number(samples);
    out.raw(",\"series\":").number(series);
    out.raw(",\"bytes\":").number(heldBytes);
    out.raw(",\"peakBytes\":").number(peakBytes).raw('}');
  }
}
