package dnd.metrics.server.hub.embedded;

/** Who gets the messages of a subscription. */
sealed interface Receiver permits ClientSubscription, LocalSubscription {
  /**
   * Hands the message over, without waiting for whoever reads it.
   *
   * @return false where this receiver takes no (more) messages, or not this one: another member of
   *     its queue group may then have it
   */
  boolean deliver(Publication publication);
}
