package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;

/**
 * One episode of an alert: from when it was first seen to when it is over. Immutable. Times are
 * Unix milliseconds, {@link #NEVER} where that has not happened.
 *
 * @param id names the episode; the same for whoever evaluates the same rule on the same data
 * @param labels all labels, {@code alertname} among them
 * @param annotations with their templates expanded
 * @param value of the last evaluation in which it held; 0 where that was a native histogram
 * @param activeAtMillis since when it has held
 * @param firedAtMillis since when it has been firing
 * @param resolvedAtMillis when it ceased to fire
 * @param keepFiringSinceMillis since when it is kept firing although it holds no longer
 * @param correlationId of the event that is known to have changed it last; from pending to firing
 *     it stays the event that made it pending
 */
public record AlertInstance(
    String id,
    Labels labels,
    Labels annotations,
    double value,
    AlertState state,
    long activeAtMillis,
    long firedAtMillis,
    long resolvedAtMillis,
    long keepFiringSinceMillis,
    String correlationId) {

  /** A time that has not come. */
  public static final long NEVER = Long.MIN_VALUE;

  static AlertInstance pending(
      String id,
      Labels labels,
      Labels annotations,
      double value,
      long activeAtMillis,
      String correlationId) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        AlertState.PENDING,
        activeAtMillis,
        NEVER,
        NEVER,
        NEVER,
        correlationId);
  }

  /** Whether it is pending or firing. */
  public boolean active() {
    return state != AlertState.INACTIVE;
  }

  AlertInstance causedBy(String cause) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        state,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        keepFiringSinceMillis,
        cause);
  }

  /** It holds still, with what the expression says now. */
  AlertInstance seen(double newValue, Labels newAnnotations) {
    return new AlertInstance(
        id,
        labels,
        newAnnotations,
        newValue,
        state,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        NEVER,
        correlationId);
  }

  /** Pending, and as if it had been seen first at that time. */
  AlertInstance activeSince(long atMillis) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        state,
        atMillis,
        firedAtMillis,
        resolvedAtMillis,
        keepFiringSinceMillis,
        correlationId);
  }

  AlertInstance fired(long atMillis) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        AlertState.FIRING,
        activeAtMillis,
        atMillis,
        NEVER,
        NEVER,
        correlationId);
  }

  AlertInstance keptFiring(long sinceMillis, String cause) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        state,
        activeAtMillis,
        firedAtMillis,
        resolvedAtMillis,
        sinceMillis,
        orKept(cause));
  }

  /** It is over: never before it fired, also where the clock was set back. */
  AlertInstance resolved(long atMillis, String cause) {
    return new AlertInstance(
        id,
        labels,
        annotations,
        value,
        AlertState.INACTIVE,
        activeAtMillis,
        firedAtMillis,
        Math.max(atMillis, firedAtMillis),
        NEVER,
        orKept(cause));
  }

  private String orKept(String cause) {
    return cause.isEmpty() ? correlationId : cause;
  }
}
