package dnd.metrics.server.rules;

/**
 * A step of an alert's life, with the alert as it is after it. In the order in which they happened:
 * an alert that becomes pending and fires in one evaluation has only fired.
 */
public sealed interface AlertChange {
  AlertInstance alert();

  /** It holds, and its rule's {@code for} begins to run. */
  record Pending(AlertInstance alert) implements AlertChange {}

  /** It began to fire. */
  record Fired(AlertInstance alert) implements AlertChange {}

  /** It fires; whether it is only kept firing, and since when, has changed. */
  record Kept(AlertInstance alert) implements AlertChange {}

  /** It was firing and is over. */
  record Resolved(AlertInstance alert) implements AlertChange {}

  /** It was pending and is over; nobody was told of it. */
  record Dropped(AlertInstance alert) implements AlertChange {}
}
