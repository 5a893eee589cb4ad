package dnd.metrics.server.query;

import dnd.metrics.events.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * What askers must have in common to share one evaluation.
 *
 * @param steps null in an instant query
 * @param everyMillis instant: how often it is evaluated though no samples come
 * @param lookbackMillis 0: the engine's
 * @param limit 0: all series
 */
record LiveKey(
    String query, @Nullable LiveSteps steps, long everyMillis, long lookbackMillis, int limit) {
  static final long USUAL_EVERY_MILLIS = 15_000;
  static final long LEAST_EVERY_MILLIS = 1_000;

  static LiveKey of(QueryEvent event) {
    Long start = event.startMillis();
    Long end = event.endMillis();
    Long step = event.stepMillis();
    Long lookback = event.lookbackMillis();
    LiveSteps steps =
        start != null && end != null && step != null ? LiveSteps.of(start, end, step) : null;
    long every = step == null ? USUAL_EVERY_MILLIS : Math.max(LEAST_EVERY_MILLIS, step);
    return new LiveKey(
        event.query().strip(),
        steps,
        steps == null ? every : 0,
        lookback == null ? 0 : lookback,
        event.limit());
  }
}
